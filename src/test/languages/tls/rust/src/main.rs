// Begins a TLS connection to the address for the name; it never becomes one.
use std::io::Write;
use std::sync::Arc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut config = rustls::ClientConfig::builder()
        .with_safe_defaults()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = rustls::ServerName::try_from(arguments[2].as_str()).expect("a server name");
    let mut link = rustls::ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut socket = std::net::TcpStream::connect(&arguments[1]).expect("a connection");
    let _ = rustls::Stream::new(&mut link, &mut socket).write(b"never sent");
}
