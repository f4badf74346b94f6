"""Clients that send datagrams at a steady rate, each a question with a number. Arguments: how many a second, for how many
seconds an answer may take, "new" for a socket for each question or "same" for one at each address, and whom they ask in
turn, each ADDRESS:PORT. After a SIGTERM it waits for the last answers and prints how many were asked, the slowest answer's
milliseconds, how often a socket was answered by another than before, who has answered, and which have failed, with when
they were asked and whom. No question is asked twice."""

import asyncio, signal, sys, time

rate, limit = float(sys.argv[1]), float(sys.argv[2])
targets = [(each.rsplit(":", 1)[0].strip("[]"), int(each.rsplit(":", 1)[1])) for each in sys.argv[4:]]
names, failed, slowest, moves = set(), [], 0, 0


class Socket(asyncio.DatagramProtocol):
    def __init__(self):
        self.awaited, self.last = {}, None

    def datagram_received(self, answer, component):
        global moves
        name, question = answer.decode().split(" ")
        if question not in self.awaited or self.awaited[question].done():
            failed.append("an answer that nobody awaits: %s" % answer)
            return
        moves += self.last not in (None, name)
        self.last = name
        self.awaited.pop(question).set_result(name)

    def error_received(self, error):
        failed.append("refused: %r" % error)


async def open_socket(target):
    return await asyncio.get_running_loop().create_datagram_endpoint(Socket, remote_addr=target)


async def ask(number, begin, target, same):
    global slowest
    transport, socket = same or await open_socket(target)
    asked, question = time.monotonic(), str(number)
    socket.awaited[question] = asyncio.get_running_loop().create_future()
    transport.sendto(question.encode())
    try:
        names.add(await asyncio.wait_for(socket.awaited[question], limit))
    except asyncio.TimeoutError:
        failed.append("%.1f s: %s:%d" % (asked - begin, *target))
    slowest = max(slowest, time.monotonic() - asked)
    if not same:
        transport.close()


async def main():
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    sockets = [await open_socket(target) if sys.argv[3] == "same" else None for target in targets]
    begin, tasks = time.monotonic(), []
    while not ended.is_set():
        await asyncio.sleep(max(0, begin + len(tasks) / rate - time.monotonic()))
        turn = len(tasks) % len(targets)
        tasks.append(asyncio.create_task(ask(len(tasks), begin, targets[turn], sockets[turn])))
        if len(tasks) == 10:
            print("under way", flush=True)
    await asyncio.gather(*tasks)
    print("asked", len(tasks), flush=True)
    print("slowest", int(slowest * 1000), flush=True)
    print("moves", moves, flush=True)
    print("answered", *sorted(names), flush=True)
    for line in failed:
        print("failed", line, flush=True)


asyncio.run(main())
