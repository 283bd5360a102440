//! http.rs - an HTTP server, an HTTP client and a UDP client with the sockets of WasmEdge.
//!
//!     server PORT CONNECTIONS      answers that many connections, then ends
//!     client HOST PORT REQUESTS    looks HOST up, asks that many times
//!     udp PORT                     sends "hello" to the port, prints what comes back
use std::env;
use std::io::{self, Read, Write};
use wasmedge_wasi_socket::socket::{AddressFamily, AiFlags, AiProtocol, SocketType, WasiAddrinfo};
use wasmedge_wasi_socket::{Shutdown, TcpListener, TcpStream, UdpSocket};

fn head_of(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut buf = [0u8; 512];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let n = stream.read(&mut buf)?;
        if n == 0 {
            break;
        }
        head.extend_from_slice(&buf[..n]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn server(port: u16, connections: usize) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port), false)?;
    for _ in 0..connections {
        let (mut stream, peer) = listener.accept(false)?;
        assert_eq!(peer, stream.peer_addr()?);
        let head = head_of(&mut stream)?;
        let path = head.split(' ').nth(1).unwrap_or("");
        let body = format!("you asked for {}\n", path);
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", body.len(), body)?;
        stream.flush()?;
        stream.shutdown(Shutdown::Both).ok();
    }
    Ok(())
}

/// The first IPv4 address of a name, by the host's resolver.
fn look_up(host: &str) -> io::Result<[u8; 4]> {
    let hints = WasiAddrinfo {
        ai_flags: AiFlags::AiPassive,
        ai_family: AddressFamily::Inet4,
        ai_socktype: SocketType::Stream,
        ai_protocol: AiProtocol::IPProtoTCP,
        ..WasiAddrinfo::default()
    };
    let (mut sockaddr, mut sockbuff, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let found = WasiAddrinfo::get_addrinfo(host, "http", &hints, 10, &mut sockaddr, &mut sockbuff, &mut names)?;
    assert!(!found.is_empty());
    let data = sockbuff[0];
    assert_eq!(u16::from_be_bytes([data[0], data[1]]), 80);
    Ok([data[2], data[3], data[4], data[5]])
}

fn client(host: &str, port: u16, requests: usize) -> io::Result<()> {
    let [a, b, c, d] = look_up(host)?;
    for i in 0..requests {
        let mut stream = TcpStream::connect(format!("{}.{}.{}.{}:{}", a, b, c, d, port))?;
        write!(stream, "GET /page/{} HTTP/1.1\r\nHost: {}\r\n\r\n", i, host)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert!(answer.starts_with("HTTP/1.1 200 OK"));
        assert!(answer.ends_with(&format!("you asked for /page/{}\n", i)));
    }
    println!("{} answers", requests);
    Ok(())
}

fn udp(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.send_to(b"hello", ("127.0.0.1", port))?;
    let mut buf = [0u8; 64];
    let (n, from) = socket.recv_from(&mut buf)?;
    println!("{} from {}", String::from_utf8_lossy(&buf[..n]), from);
    Ok(())
}

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().collect();
    let number = |i: usize| args[i].parse::<usize>().unwrap();
    match args[1].as_str() {
        "server" => server(number(2) as u16, number(3)),
        "client" => client(&args[2], number(3) as u16, number(4)),
        "udp" => udp(number(2) as u16),
        _ => panic!("server, client or udp"),
    }
}
