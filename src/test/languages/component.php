<?php
// PHP's msgpack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
[$controlPort, $port, $relayPort] = array_map('intval', array_slice($argv, 1));
$control = stream_socket_client("tcp://127.0.0.1:$controlPort");

function send($control, array $message): void
{
    fwrite($control, msgpack_pack($message));
}

// Lander writes each message by itself.
function read($control): array
{
    $received = fread($control, 65536);
    if ($received === false || $received === '') {
        exit;
    }
    return msgpack_unpack($received);
}

send($control, ['cmd' => 'register', 'protocol' => 'tcp', 'port' => $port, 'relay_port' => 70000]);
echo 'refused: ', read($control)['message'], "\n";
send($control, ['cmd' => 'register', 'protocol' => 'tcp', 'port' => $port, 'relay_port' => $relayPort]);
echo 'registered: ', read($control)['error'], "\n";
while (true) {
    $message = read($control);
    if (!isset($message['cmd'])) {
        continue; // a reply
    }
    echo "asked: {$message['state']}\n";
    send($control, ['cmd' => 'healthcheck', 'protocol' => 'tcp', 'port' => $relayPort, 'state' => 'good']);
}
