DROP TABLE passkey_challenges;
DROP TABLE passkeys_private;
ALTER TABLE sign_in_attempts DROP COLUMN return_to;
ALTER TABLE sign_in_attempts DROP COLUMN oauth_client_id;
DROP TABLE oauth_clients;
