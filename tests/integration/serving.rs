//! One server for one folder, and what a server does after one that was killed.

use std::io::{Read, Seek, SeekFrom, Write};
use std::process::Stdio;

use crate::cli::{Folder, Running, fetch, free_port, wait};
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
