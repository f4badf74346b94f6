// msgpack-cxx: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
#include <arpa/inet.h>
#include <iostream>
#include <map>
#include <msgpack.hpp>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

static int control;
static msgpack::unpacker unpacker;

struct Register {
    std::string cmd = "register";
    std::string protocol = "tcp";
    int port;
    int relay_port;
    // Without _MAP it writes an array, without names.
    MSGPACK_DEFINE_MAP(cmd, protocol, port, relay_port);
};

struct HealthCheck {
    std::string cmd = "healthcheck";
    std::string protocol = "tcp";
    int port;
    std::string state = "good";
    MSGPACK_DEFINE_MAP(cmd, protocol, port, state);
};

template <typename Message> static void send_message(const Message &message) {
    msgpack::sbuffer buffer;
    msgpack::pack(buffer, message);
    if (write(control, buffer.data(), buffer.size()) != static_cast<ssize_t>(buffer.size())) {
        exit(1);
    }
}

static std::map<std::string, msgpack::object> read_message(msgpack::object_handle &message) {
    while (!unpacker.next(message)) {
        unpacker.reserve_buffer(4096);
        ssize_t received = read(control, unpacker.buffer(), 4096);
        if (received <= 0) {
            exit(0);
        }
        unpacker.buffer_consumed(received);
    }
    return message.get().as<std::map<std::string, msgpack::object>>();
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 2;
    }
    int port = std::stoi(argv[2]);
    int relay_port = std::stoi(argv[3]);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(std::stoi(argv[1]));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    control = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(control, reinterpret_cast<sockaddr *>(&to), sizeof to) != 0) {
        return 1;
    }

    msgpack::object_handle message;
    send_message(Register{.port = port, .relay_port = 70000});
    std::cout << "refused: " << read_message(message)["message"].as<std::string>() << std::endl;
    send_message(Register{.port = port, .relay_port = relay_port});
    std::cout << "registered: " << read_message(message)["error"].as<int>() << std::endl;
    while (true) {
        auto fields = read_message(message);
        if (!fields.count("cmd")) { // a reply
            continue;
        }
        std::cout << "asked: " << fields["state"].as<std::string>() << std::endl;
        send_message(HealthCheck{.port = relay_port});
    }
}
