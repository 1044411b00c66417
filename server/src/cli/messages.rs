//! `mutuals message …`

use clap::Subcommand;
use serde_json::json;

use crate::actions::look_after_messages::{
    accept_message, answer_message, open_message, put_aside,
};
use crate::app::App;
use crate::cli::output::Output;
use crate::cli::read;
use crate::db::messages;
use crate::domain::id::MessageId;
use crate::domain::message::{Channel, HeldBecause, Message, MessageState};
use crate::domain::proposal::Purpose;
use crate::text;

/// How many of each state are listed.
const MOST: i64 = 1_000;
/// How much of a text stands in a line, in characters.
const SHORT: usize = 60;

#[derive(Subcommand)]
pub enum MessageCommand {
    /// What people of the fediverse wrote to us, newest first.
    List {
        /// Only those in this state: waiting, held, answered, published, put-aside or deleted.
        #[arg(long)]
        state: Option<MessageState>,
    },
    /// One of them, with what it says.
    Show {
        /// Its id.
        id: MessageId,
    },
    /// Give its writer a new link, in their thread.
    Answer {
        /// Its id.
        id: MessageId,
    },
    /// Note that there is nothing to do about it.
    PutAside {
        /// Its id.
        id: MessageId,
    },
    /// Hear one that was held.
    Accept {
        /// Its id.
        id: MessageId,
    },
}

impl MessageCommand {
    pub async fn run(self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Self::List { state } => list(app, output, state).await,
            Self::Show { id } => show(app, output, id).await,
            Self::Answer { id } => {
                answer_message(app, id).await?;
                let json = json!({"id": id.to_string(), "state": "answered"});
                output.line("A link is on its way to its writer.", &json);
                Ok(())
            }
            Self::PutAside { id } => {
                put_aside(app, id, None).await?;
                let json = json!({"id": id.to_string(), "state": "put-aside"});
                output.line("Put aside.", &json);
                Ok(())
            }
            Self::Accept { id } => {
                let message = accept_message(app, id, None).await?;
                let json = json!({"id": id.to_string(), "state": message.state.word()});
                output.line("It is let in.", &json);
                Ok(())
            }
        }
    }
}

async fn list(app: &App, output: &Output, state: Option<MessageState>) -> anyhow::Result<()> {
    let states = state.map_or_else(|| MessageState::ALL.to_vec(), |state| vec![state]);
    let found = read(app, move |conn| {
        let mut found = Vec::new();
        for state in states {
            found.extend(messages::list(conn, state, MOST)?);
        }
        Ok(found)
    });
    let found = found.await?;
    for (message, handle) in &found {
        // What was written privately is shown only to who asks for that one.
        let text = match message.channel {
            Channel::Public => text::one_line(&message.text, SHORT),
            Channel::Direct => "(private)".to_owned(),
        };
        let from = handle.as_ref().map_or("somebody", String::as_str);
        let (state, what) = (message.state.word(), purpose(message).unwrap_or("message"));
        let mut json = json(message, handle.as_deref());
        if let (Channel::Direct, Some(object)) = (message.channel, json.as_object_mut()) {
            object.remove("text");
        }
        output.line(&format!("{}  {state}  {what} from {from}: {text}", message.id), &json);
    }
    if found.is_empty() {
        output.tell("Nothing.");
    }
    Ok(())
}

async fn show(app: &App, output: &Output, id: MessageId) -> anyhow::Result<()> {
    let (message, handle) = open_message(app, id, None).await?;
    let from = handle.as_ref().map_or("somebody", String::as_str);
    let held = message.held_because.map(HeldBecause::word);
    let why = held.map_or_else(String::new, |why| format!(" ({why})"));
    let sentence = format!(
        "{} from {from}, {}, {}{why}:\n{}",
        purpose(&message).unwrap_or("message"),
        message.channel.word(),
        message.state.word(),
        message.text
    );
    output.line(&sentence, &json(&message, handle.as_deref()));
    Ok(())
}

fn purpose(message: &Message) -> Option<&'static str> {
    message.purpose.map(Purpose::word)
}

fn json(message: &Message, handle: Option<&str>) -> serde_json::Value {
    json!({
        "id": message.id.to_string(),
        "state": message.state.word(),
        "channel": message.channel.word(),
        "purpose": purpose(message),
        "held_because": message.held_because.map(HeldBecause::word),
        "from": handle,
        "text": message.text,
        "language": message.language,
        "received_at": message.received_at,
        "proposal": message.proposal.map(|id| id.to_string())
    })
}
