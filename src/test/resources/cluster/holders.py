"""Clients that stay when they were served. Arguments: how many come a second, for how many seconds, how many may stay, and
whom they ask in turn, each ADDRESS:PORT. Prints how many stay, how many of them came later than 0.25 s after as many as may
stay were there ("late"), and waits for the end of its input."""

import asyncio, sys, time

rate, seconds, most = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
targets = [(each.rsplit(":", 1)[0], int(each.rsplit(":", 1)[1])) for each in sys.argv[4:]]
# When each that was served had begun, and when it was served; the connection.
stayed = []


async def come(target):
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection(*target)
        writer.write(b"?\n")
        if await reader.readline():
            stayed.append((began, time.monotonic(), writer))
    except OSError:
        pass


async def main():
    begin = time.monotonic()
    tasks = []
    for i in range(int(rate * seconds)):
        await asyncio.sleep(max(0, begin + i / rate - time.monotonic()))
        tasks.append(asyncio.create_task(come(targets[i % len(targets)])))
    await asyncio.gather(*tasks)
    served = sorted(one[1] for one in stayed)
    full = served[most - 1] if len(served) >= most else float("inf")
    late = [one for one in stayed if one[0] > full + 0.25]
    print("stay", len(stayed), flush=True)
    print("late", len(late), flush=True)
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
