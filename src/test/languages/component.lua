-- lua-messagepack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
local messagepack = require('MessagePack')
local socket = require('socket')

local controlPort, port, relayPort = table.unpack(arg)
io.stdout:setvbuf('no')
local control = assert(socket.connect('127.0.0.1', tonumber(controlPort)))

local function send(message)
    assert(control:send(messagepack.pack(message)))
end

local messages = messagepack.unpacker(function()
    return control:receive(1)
end)

local function read()
    local _, message = messages()
    return message or os.exit()
end

send({cmd = 'register', protocol = 'tcp', port = tonumber(port), relay_port = 70000})
print('refused: ' .. read().message)
send({cmd = 'register', protocol = 'tcp', port = tonumber(port), relay_port = tonumber(relayPort)})
print('registered: ' .. read().error)
while true do
    local message = read()
    if message.cmd then -- no reply
        print('asked: ' .. message.state)
        send({cmd = 'healthcheck', protocol = 'tcp', port = tonumber(relayPort), state = 'good'})
    end
end
