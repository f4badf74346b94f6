"""Clients that come at a steady rate, each with one question, and with "stay" one that stays at each address and asks
again and again. Arguments: how many a second, for how many seconds an answer may take, "stay" or "come", and whom they ask
in turn, each ADDRESS:PORT. After a SIGTERM it waits for the last answers and prints how many were asked, the slowest
answer's milliseconds, who has answered, and what has failed."""

import asyncio, collections, signal, sys, time

rate, limit = float(sys.argv[1]), float(sys.argv[2])
targets = [(each.rsplit(":", 1)[0].strip("[]"), int(each.rsplit(":", 1)[1])) for each in sys.argv[4:]]
names, failed, slowest = collections.Counter(), [], 0


async def exchange(target):
    reader, writer = await asyncio.open_connection(*target)
    writer.write(b"?\n")
    answer = await reader.readline()
    writer.close()
    return answer.decode().strip()


async def ask(target, begin):
    global slowest
    asked = time.monotonic()
    try:
        name = await asyncio.wait_for(exchange(target), limit)
        if not name:
            raise OSError("closed")
        names[name] += 1
    except (OSError, asyncio.TimeoutError) as error:
        failed.append("%.1f s: %s:%d %r" % (asked - begin, *target, error))
    slowest = max(slowest, time.monotonic() - asked)


async def stay(target, ended, begin):
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(*target), limit)
        while not ended.is_set():
            writer.write(b"?\n")
            if not await asyncio.wait_for(reader.readline(), limit):
                raise OSError("cut")
            await asyncio.sleep(0.2)
        writer.close()
    except (OSError, asyncio.TimeoutError) as error:
        failed.append("stayed at %s:%d until %.1f s: %r" % (*target, time.monotonic() - begin, error))


async def main():
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    begin = time.monotonic()
    tasks = []
    stays = [asyncio.create_task(stay(target, ended, begin)) for target in targets if sys.argv[3] == "stay"]
    while not ended.is_set():
        await asyncio.sleep(max(0, begin + len(tasks) / rate - time.monotonic()))
        tasks.append(asyncio.create_task(ask(targets[len(tasks) % len(targets)], begin)))
        if len(tasks) == 10:
            print("under way", flush=True)
    await asyncio.gather(*tasks, *stays)
    print("asked", len(tasks), flush=True)
    print("slowest", int(slowest * 1000), flush=True)
    print("answered", *sorted(names), flush=True)
    for line in failed:
        print("failed", line, flush=True)


asyncio.run(main())
