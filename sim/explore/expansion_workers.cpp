#include "expansion_workers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kIdle = 0xFFFFFFFFu;

// Seen by all workers of a batch.
struct SharedCounters {
    std::atomic<std::uint32_t> next;         // index in the batch of the next node to take
    std::atomic<std::uint32_t> working[64];  // what each worker is at, or kIdle
};

class SharedMemory {
public:
    SharedMemory()
    {
        void* memory = mmap(nullptr, sizeof(SharedCounters), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        BROWNOUT_ASSERT(memory != MAP_FAILED);
        counters = new (memory) SharedCounters{};
    }
    ~SharedMemory() { munmap(counters, sizeof(SharedCounters)); }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    SharedCounters* counters = nullptr;
};

struct Worker {
    pid_t pid = -1;
    int pipe = -1;
    std::vector<std::uint8_t> received;
};

void write_all(int fd, const std::vector<std::uint8_t>& bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t wrote = write(fd, bytes.data() + done, bytes.size() - done);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            _exit(1);  // the coordinator is gone
        }
        done += static_cast<std::size_t>(wrote);
    }
}

[[noreturn]] void work(const WorkerBatch& batch, SharedCounters& counters, unsigned slot, int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGINT, SIG_IGN);  // the coordinator decides
    std::signal(SIGTERM, SIG_IGN);
    KnownNodes known = batch.known;
    for (;;) {
        const std::uint32_t index = counters.next.fetch_add(1);
        if (index >= batch.nodes.size()) {
            break;
        }
        counters.working[slot] = index;
        const std::uint32_t node = batch.nodes[index];
        const Expansion expansion = expand(batch.machine, batch.graph, batch.graph.nodes[node],
                                           node, batch.granularity, known);
        ByteWriter body;
        write_expansion(expansion, body);
        ByteWriter frame;
        frame.put(static_cast<std::uint64_t>(body.bytes.size()));
        frame.put(index);
        frame.bytes.insert(frame.bytes.end(), body.bytes.begin(), body.bytes.end());
        write_all(fd, frame.bytes);
        counters.working[slot] = kIdle;
    }
    _exit(0);
}

std::string death_text(int status)
{
    if (WIFSIGNALED(status)) {
        return fmt::format("the core killed its process: signal {} ({})", WTERMSIG(status),
                           strsignal(WTERMSIG(status)));
    }
    return fmt::format("the core ended its process with exit code {}", WEXITSTATUS(status));
}

class Pool {
public:
    Pool(const WorkerBatch& batch, const std::function<bool(std::size_t)>& should_stop)
        : batch_(batch), should_stop_(should_stop)
    {
        for (auto& working : shared_.counters->working) {
            working = kIdle;
        }
        const auto wanted = std::min<std::size_t>({batch.jobs, batch.nodes.size(), 64});
        workers_.resize(std::max<std::size_t>(1, wanted));
        for (unsigned slot = 0; slot < workers_.size(); ++slot) {
            start(slot);
        }
    }

    ~Pool()
    {
        for (Worker& worker : workers_) {
            if (worker.pid > 0) {
                kill(worker.pid, SIGKILL);
                waitpid(worker.pid, nullptr, 0);
                close(worker.pipe);
            }
        }
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    std::vector<Expansion> run()
    {
        while (alive() && !should_stop_(done_.size())) {
            std::vector<pollfd> polled;
            std::vector<unsigned> slots;
            for (unsigned slot = 0; slot < workers_.size(); ++slot) {
                if (workers_[slot].pid > 0) {
                    polled.push_back({workers_[slot].pipe, POLLIN, 0});
                    slots.push_back(slot);
                }
            }
            if (poll(polled.data(), polled.size(), 100) <= 0) {
                continue;
            }
            for (std::size_t i = 0; i < polled.size(); ++i) {
                if (polled[i].revents != 0) {
                    receive(slots[i]);
                }
            }
        }
        std::vector<Expansion> expansions;
        for (auto& [index, expansion] : done_) {
            expansions.push_back(std::move(expansion));
        }
        return expansions;
    }

private:
    bool alive() const
    {
        return std::any_of(workers_.begin(), workers_.end(),
                           [](const Worker& worker) { return worker.pid > 0; });
    }

    void start(unsigned slot)
    {
        int ends[2];
        BROWNOUT_ASSERT(pipe(ends) == 0);
        const pid_t pid = fork();
        BROWNOUT_ASSERT(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            work(batch_, *shared_.counters, slot, ends[1]);
        }
        close(ends[1]);
        workers_[slot] = Worker{pid, ends[0], {}};
    }

    void receive(unsigned slot)
    {
        Worker& worker = workers_[slot];
        std::uint8_t chunk[65536];
        const ssize_t got = read(worker.pipe, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            return;
        }
        if (got > 0) {
            worker.received.insert(worker.received.end(), chunk, chunk + got);
            take_frames(worker);
            return;
        }
        ended(slot);
    }

    void take_frames(Worker& worker)
    {
        constexpr std::size_t kHeader = sizeof(std::uint64_t) + sizeof(std::uint32_t);
        std::size_t used = 0;
        while (worker.received.size() - used >= kHeader) {
            const std::span<const std::uint8_t> all(worker.received);
            ByteReader header(all.subspan(used));
            const auto length = header.get<std::uint64_t>();
            const auto index = header.get<std::uint32_t>();
            if (header.left.size() < length) {
                break;
            }
            ByteReader body(header.left.first(length));
            done_[index] = read_expansion(body);
            used += kHeader + length;
        }
        worker.received.erase(worker.received.begin(),
                              worker.received.begin() + static_cast<std::ptrdiff_t>(used));
    }

    void ended(unsigned slot)
    {
        Worker& worker = workers_[slot];
        int status = 0;
        while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
        }
        close(worker.pipe);
        worker = Worker{};
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            return;
        }
        const std::uint32_t index = shared_.counters->working[slot].exchange(kIdle);
        if (index == kIdle || done_.count(index) != 0) {
            start(slot);
            return;
        }
        // Somebody may have killed it from outside: a core that kills its process does it again.
        if (!retried_[index]) {
            retried_[index] = true;
            again(slot, index);
            return;
        }
        Expansion dead;
        dead.node = batch_.nodes[index];
        const Node& node = batch_.graph.nodes[dead.node];
        dead.facts.outcome = OutcomeKind::kFirmwareFault;
        dead.facts.text = death_text(status);
        dead.next = NodeKey{node.state.digest(), node.story.bits()};
        done_[index] = std::move(dead);
        start(slot);
    }

    // Expands one node again, in a fresh worker that takes nothing else.
    void again(unsigned slot, std::uint32_t index)
    {
        int ends[2];
        BROWNOUT_ASSERT(pipe(ends) == 0);
        const pid_t pid = fork();
        BROWNOUT_ASSERT(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            SharedCounters only{};
            only.next = index;
            WorkerBatch one = batch_;
            one.nodes = batch_.nodes.first(index + 1);
            shared_.counters->working[slot] = index;
            work(one, only, 0, ends[1]);
        }
        close(ends[1]);
        shared_.counters->working[slot] = index;
        workers_[slot] = Worker{pid, ends[0], {}};
    }

    const WorkerBatch& batch_;
    const std::function<bool(std::size_t)>& should_stop_;
    SharedMemory shared_;
    std::vector<Worker> workers_;
    std::map<std::uint32_t, Expansion> done_;
    std::map<std::uint32_t, bool> retried_;
};

}  // namespace

std::vector<Expansion> expand_in_workers(const WorkerBatch& batch,
                                         const std::function<bool(std::size_t)>& should_stop)
{
    Pool pool(batch, should_stop);
    return pool.run();
}

}  // namespace brownout::sim
