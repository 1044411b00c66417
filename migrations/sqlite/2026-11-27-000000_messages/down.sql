DROP TABLE proposal_person_private;
DROP TABLE message_links;
DROP TABLE messages_private;
