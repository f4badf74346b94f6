//! Rust's rmp-serde: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
use serde_derive::{Deserialize, Serialize};
use std::env::args;
use std::io::Write;
use std::net::TcpStream;

#[derive(Serialize)]
struct Register {
    cmd: &'static str,
    protocol: &'static str,
    port: u16,
    relay_port: u32,
}

#[derive(Serialize)]
struct HealthCheck {
    cmd: &'static str,
    protocol: &'static str,
    port: u32,
    state: &'static str,
}

#[derive(Deserialize)]
struct Message {
    error: Option<u32>,
    message: Option<String>,
    state: Option<String>,
}

struct Control(TcpStream);

impl Control {
    /// to_vec would write an array, without names.
    fn send<M: serde::Serialize>(&mut self, message: M) {
        let packed = rmp_serde::to_vec_named(&message).unwrap();
        self.0.write_all(&packed).unwrap();
    }

    fn read(&mut self) -> Message {
        rmp_serde::from_read(&mut self.0).unwrap()
    }
}

fn main() {
    let ports: Vec<u16> = args().skip(1).map(|port| port.parse().unwrap()).collect();
    let (port, relay_port) = (ports[1], ports[2].into());
    let mut control = Control(TcpStream::connect(("127.0.0.1", ports[0])).unwrap());
    let register = |relay_port| Register { cmd: "register", protocol: "tcp", port, relay_port };

    control.send(register(70_000));
    println!("refused: {}", control.read().message.unwrap());
    control.send(register(relay_port));
    println!("registered: {}", control.read().error.unwrap());
    loop {
        // A reply has no state.
        let Some(state) = control.read().state else { continue };
        println!("asked: {state}");
        control.send(HealthCheck { cmd: "healthcheck", protocol: "tcp", port: relay_port, state: "good" });
    }
}
