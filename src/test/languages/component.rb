# Ruby's msgpack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
require 'msgpack'
require 'socket'

control_port, port, relay_port = ARGV.map(&:to_i)
$stdout.sync = true
control = TCPSocket.new('127.0.0.1', control_port)
messages = MessagePack::Unpacker.new(control)

send = ->(message) { control.write(message.to_msgpack) }
read = lambda do
  messages.read
rescue EOFError
  exit
end

send.call({ cmd: 'register', protocol: 'tcp', port: port, relay_port: 70_000 })
puts "refused: #{read.call['message']}"
send.call({ cmd: 'register', protocol: 'tcp', port: port, relay_port: relay_port })
puts "registered: #{read.call['error']}"
loop do
  message = read.call
  next unless message['cmd'] # a reply

  puts "asked: #{message['state']}"
  send.call({ cmd: 'healthcheck', protocol: 'tcp', port: relay_port, state: 'good' })
end
