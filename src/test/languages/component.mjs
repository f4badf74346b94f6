// A library of npm's, LIBRARY: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
import { createRequire } from 'node:module';
import net from 'node:net';

const [library, controlPort, port, relayPort] = process.argv.slice(2).map((text) => Number(text) || text);
const { encode, decode } = createRequire(process.env.NODE_PATH + '/')(library);
const control = net.connect(controlPort, '127.0.0.1');
const send = (message) => control.write(encode(message));
// Lander writes each message by itself.
const read = () => new Promise((resolve) => control.once('data', (received) => resolve(decode(received))));
control.on('end', () => process.exit());

send({ cmd: 'register', protocol: 'tcp', port, relay_port: 70000 });
console.log('refused:', (await read()).message);
send({ cmd: 'register', protocol: 'tcp', port, relay_port: relayPort });
console.log('registered:', (await read()).error);
while (true) {
  const message = await read();
  if (!message.cmd) continue; // a reply
  console.log('asked:', message.state);
  send({ cmd: 'healthcheck', protocol: 'tcp', port: relayPort, state: 'good' });
}
