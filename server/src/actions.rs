//! What somebody can do: one file a verb, one transaction each. The web, the command line and the
//! inbox all come through here, so a rule holds at every door.
//!
//! Actions never call federation. They name events, which the application turns into activities
//! and deliveries in the same transaction (see [`crate::app::App::change`]).

pub mod act_by_link;
pub mod add_member;
pub mod answer_promise;
pub mod block;
pub mod care_by_link;
pub mod careful;
pub mod catch_up;
pub mod change_proposal;
pub mod choose_language;
pub mod choose_telling;
pub mod confirm_fulfilment;
pub mod confirm_to_neighbour;
pub mod covenant;
pub mod domain_rules;
pub mod edit_proposal;
pub mod erase_member;
pub mod expire_promises;
pub mod expire_proposals;
pub mod federation_mode;
pub mod follow;
pub mod freeze;
pub mod gather_own;
pub mod hear_message;
pub mod hear_neighbour;
pub mod hear_reply;
pub mod hold;
pub mod import_domains;
pub mod import_neighbours;
pub mod invite;
pub mod join;
pub mod keep_picture;
pub mod leave;
pub mod look_after_held;
pub mod look_after_messages;
pub mod look_after_queue;
pub mod make_promise;
pub mod measure;
pub mod meet_domain;
pub mod name_steward;
pub mod neighbour_moved;
pub mod pact;
pub mod pass_on;
pub mod post_proposal;
pub mod promise_to_neighbour;
pub mod publish_message;
pub mod recall;
pub mod receive_promise;
pub mod record_act;
pub mod release_promise;
pub mod release_to_neighbour;
pub mod report_out;
pub mod rotate_keys;
pub mod send_link_again;
pub mod send_mails;
pub mod set_password;
pub mod settle;
pub mod show_media;
pub mod sign_in;
pub mod sign_in_by_code;
pub mod take_over_reply;
pub mod tell;
pub mod vouch;
