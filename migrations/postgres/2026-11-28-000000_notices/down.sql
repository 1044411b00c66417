DROP INDEX member_handles_private_by_thread;
ALTER TABLE member_handles_private DROP COLUMN thread_url;
DROP TABLE mail_links_private;
DROP TABLE notice_mutes_private;
DROP TABLE notice_settings_private;
DROP TABLE notices_private;
