//! One server for one folder, and what a server does after one that was killed.

use std::io::{Read, Seek, SeekFrom, Write};
use std::process::Stdio;

use crate::cli::{Folder, Running, fetch, free_port, text, wait};
use crate::migrations::Either;
use crate::testapp::postgres;

fn serve(folder: &Folder, port: u16) -> Running {
    let listen = format!("127.0.0.1:{port}");
    let serve = folder.command(&["serve", "--listen", &listen]).stderr(Stdio::null()).spawn();
    let server = Running(serve.unwrap());
    wait(std::time::Duration::from_secs(20), || {
        fetch(port, "/board").is_some_and(|page| page.starts_with("HTTP/1.1 200"))
    });
    server
}

/// Why a server does not begin. One that does begin is ended, and the test fails.
fn refusal(folder: &Folder, port: u16) -> String {
    let listen = format!("127.0.0.1:{port}");
    let mut command = folder.command(&["serve", "--listen", &listen]);
    let mut server = Running(command.stderr(Stdio::piped()).spawn().unwrap());
    let mut ended = None;
    for _ in 0..400 {
        ended = server.0.try_wait().unwrap();
        if ended.is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(ended.expect("it does not end").code(), Some(1));
    let mut said = String::new();
    server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

#[test]
fn f_03_a_second_server_on_the_same_folder_is_refused_and_takes_no_leases() {
    let (folder, port) = (Folder::new(), free_port());
    folder.init(port);
    let mut server = serve(&folder, port);
    if postgres().is_some() {
        // Several servers may share PostgreSQL.
        assert_eq!(server.stop("-TERM"), Some(0));
        return;
    }
    let said = refusal(&folder, free_port());
    assert!(said.contains("is already served by another process"), "{said}");
    // Commands go on beside a server.
    folder.json(&["need", "post", "--title", "Soup"]);
    assert_eq!(server.stop("-TERM"), Some(0));
    assert_eq!(serve(&folder, port).stop("-TERM"), Some(0));
}

#[test]
fn f_03_a_part_of_serving_is_for_postgresql() {
    if postgres().is_some() {
        // Several processes with parts of their own: see `processes.rs`.
        return;
    }
    let (folder, port) = (Folder::new(), free_port());
    folder.init(port);
    for role in ["web", "worker"] {
        let output = folder.run(&["serve", "--role", role, "--listen", "127.0.0.1:1"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("SQLite") && said.contains("docs/scaling.md"), "{said}");
    }
    let said = folder.run(&["serve", "--role", "cook"]);
    assert_eq!(said.status.code(), Some(2), "{}", text(&said.stderr));
}

#[test]
fn f_06_after_a_kill_a_damaged_file_is_not_served() {
    if postgres().is_some() {
        return;
    }
    let (folder, port) = (Folder::new(), free_port());
    folder.init(port);
    assert_eq!(serve(&folder, port).stop("-KILL"), None);
    // A kill alone damages nothing.
    assert_eq!(serve(&folder, port).stop("-KILL"), None);
    // Ends with the last connection, and leaves everything in the one file.
    folder.json(&["need", "post", "--title", "Soup"]);
    let path = folder.folder.path().join("data/mutuals.db");
    let size = std::fs::metadata(&path).unwrap().len();
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // Nearly every page but the first, where the schema begins.
    for page in (8..size / 4096).step_by(2) {
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0xa5; 512]).unwrap();
    }
    drop(file);
    let said = refusal(&folder, port);
    assert!(said.contains("is damaged"), "{said}");
}

#[test]
fn f_30_a_start_takes_no_longer_after_a_million_received_activities() {
    let (folder, port) = (Folder::new(), free_port());
    folder.init(port);
    Either::connect(&folder.location()).run(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
         INSERT INTO received_activities (url, actor, received_at) \
         SELECT 'https://a.example/' || i, 'https://a.example/u', 1795000000000000 + i FROM n",
    );
    let began = std::time::Instant::now();
    let mut server = serve(&folder, port);
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(3), "it took {took:?}");
    assert_eq!(server.stop("-TERM"), Some(0));
}
