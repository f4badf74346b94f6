" Neovim's msgpackdump(), which writes text as bin: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
let [s:control_port, s:port, s:relay_port] = map(argv(), 'str2nr(v:val)')
let s:messages = []

" Lander writes each message by itself.
function s:OnData(control, data, name) abort
    if a:data == ['']
        quitall!
    endif
    call extend(s:messages, msgpackparse(a:data))
endfunction

function s:Send(message) abort
    call chansend(s:control, msgpackdump([a:message]))
endfunction

function s:Read() abort
    call wait(10000, {-> !empty(s:messages)}, 5)
    return remove(s:messages, 0)
endfunction

" Text comes as a dictionary that tells its type.
function s:Say(label, value) abort
    let text = type(a:value) == v:t_dict ? join(a:value._VAL, "\n") : a:value
    call writefile([a:label .. ': ' .. text], '/dev/stdout', 'a')
endfunction

let s:control = sockconnect('tcp', '127.0.0.1:' .. s:control_port, {'on_data': function('s:OnData')})
call s:Send({'cmd': 'register', 'protocol': 'tcp', 'port': s:port, 'relay_port': 70000})
call s:Say('refused', s:Read().message)
call s:Send({'cmd': 'register', 'protocol': 'tcp', 'port': s:port, 'relay_port': s:relay_port})
call s:Say('registered', s:Read().error)
while 1
    let s:message = s:Read()
    if !has_key(s:message, 'cmd')
        " a reply
        continue
    endif
    call s:Say('asked', s:message.state)
    call s:Send({'cmd': 'healthcheck', 'protocol': 'tcp', 'port': s:relay_port, 'state': 'good'})
endwhile
