-- wrk's script: compares each answer with the body given after --, and prints what benchmark's own generators print.
local threads = {}

function setup(thread)
    threads[#threads + 1] = thread
end

function init(args)
    expected = args[1]
    wrong = 0
end

function response(status, headers, body)
    if status ~= 200 or body ~= expected then
        wrong = wrong + 1
    end
end

function done(summary, latency, requests)
    local total = 0
    for _, thread in ipairs(threads) do
        total = total + thread:get("wrong")
    end
    local e = summary.errors
    io.write(string.format('{"units": %d, "seconds": %.6f, "wrong": %d, "lost": %d}\n', summary.requests - total,
        summary.duration / 1e6, total, e.connect + e.read + e.write + e.timeout))
end
