//! Connects to a Socket.IO server, emits one event and prints what comes back:
//!
//! ```text
//! cargo run -p visavis-socketio --example echo -- http://localhost:3000 hello '{"from":"alice"}'
//! ```

mod shell;

use std::time::Duration;

use shell::Shell;
use visavis_socketio::{Config, Emit, Input, Output, RequestId};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "printing is what it is for")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let origin = arguments.next().unwrap_or_else(|| "http://localhost:3000".to_owned());
    let event = arguments.next().unwrap_or_else(|| "hello".to_owned());
    let data = arguments.next().unwrap_or_default();
    let data: serde_json::Value = serde_json::from_str(&data).unwrap_or(data.into());

    let mut shell = Shell::start(Config::new(origin));
    while let Some(output) = shell.outputs.recv().await {
        match output {
            Output::Connected { sid, transport } => {
                println!("connected as {sid} over {transport:?}");
                let emit = Emit::new(RequestId(1), event.clone(), vec![data.clone()]);
                let _ = shell.inputs.send(Input::Emit(emit.acknowledged(Duration::from_secs(5))));
            }
            Output::Event { name, args, .. } => println!("event {name}: {args:?}"),
            Output::Acknowledged { args, .. } => println!("acknowledged: {args:?}"),
            Output::EmitFailed { error, .. } => println!("not acknowledged: {error}"),
            Output::Refused { message, .. } => println!("refused: {message}"),
            Output::Disconnected { reason } => println!("disconnected: {reason}"),
            Output::Retrying { after, reason, .. } => println!("trying again in {after:?}: {reason}"),
            Output::Upgraded => println!("moved to WebSocket"),
            Output::OpenWebSocket { .. }
            | Output::SendText { .. }
            | Output::SendBinary { .. }
            | Output::CloseWebSocket { .. }
            | Output::HttpGet { .. }
            | Output::HttpPost { .. }
            | Output::Abort { .. }
            | Output::NeedAuth
            | Output::Learned(_)
            | Output::ReplyFailed { .. } => {}
        }
    }
}
