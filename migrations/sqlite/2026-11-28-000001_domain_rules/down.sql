DROP TABLE pending_peers;
DROP TABLE allowed_domains;
DROP TABLE federation_mode;
DROP TABLE domain_drafts;
DROP TABLE severed_relations;
DROP TABLE domain_rules;
