#include "forked_workers.hpp"

#include <models/assert.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <vector>

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kIdle = UINT32_MAX;
constexpr unsigned kJobsMax = 64;
constexpr int kPollMilliseconds = 100;

// Shared by the coordinator and all workers.
struct Board {
    std::atomic<std::uint32_t> next{0};
    std::atomic<std::uint32_t> in_progress[kJobsMax];
};

struct SharedBoard {
    SharedBoard()
    {
        void* memory =
            mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        BROWNOUT_ASSERT(memory != MAP_FAILED);
        board = new (memory) Board;
    }
    ~SharedBoard() { munmap(board, sizeof(Board)); }
    SharedBoard(const SharedBoard&) = delete;
    SharedBoard& operator=(const SharedBoard&) = delete;

    Board* board;
};

// `check` tells a frame from what a process with damaged memory may write.
struct Frame {
    std::uint32_t index = 0;
    std::uint32_t check = 0;
    std::uint64_t byte_count = 0;
};

std::uint32_t check_of(const Frame& frame)
{
    return frame.index * 2654435761u ^ static_cast<std::uint32_t>(frame.byte_count) ^ 0xB0071E55u;
}

void write_all(int pipe, const void* bytes, std::size_t byte_count)
{
    const char* cursor = static_cast<const char*>(bytes);
    while (byte_count > 0) {
        const ssize_t written = write(pipe, cursor, byte_count);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            _exit(1);  // the coordinator is gone
        }
        cursor += written;
        byte_count -= static_cast<std::size_t>(written);
    }
}

struct Worker {
    unsigned slot = 0;
    std::uint32_t only = kIdle;  // the one piece of work that it does: the second try
    pid_t process = -1;
    int pipe = -1;
    std::string received;
    bool is_damaged = false;  // it wrote what is no frame
};

std::string death_text(const Worker& worker, int status)
{
    if (worker.is_damaged) {
        return "damaged memory of the simulator";
    }
    if (WIFSIGNALED(status)) {
        return fmt::format("signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return fmt::format("exit code {}", WEXITSTATUS(status));
}

class Coordinator {
public:
    Coordinator(std::size_t count, unsigned jobs,
                const std::function<std::string(std::size_t)>& work,
                const std::function<void(std::size_t, WorkResult)>& done,
                const std::function<bool()>& should_stop)
        : count_(static_cast<std::uint32_t>(count)), work_(work), done_(done),
          should_stop_(should_stop)
    {
        for (unsigned slot = 0; slot < jobs; ++slot) {
            start(slot, kIdle);
        }
    }

    ~Coordinator()
    {
        for (const auto& worker : workers_) {
            end(*worker);
        }
    }
    Coordinator(const Coordinator&) = delete;
    Coordinator& operator=(const Coordinator&) = delete;

    void run()
    {
        work_off();
        // What a worker had taken but not yet begun when it was killed.
        for (std::uint32_t index = 0; index < count_ && !is_stopped(); ++index) {
            if (index >= delivered_ && results_.count(index) == 0) {
                start(0, index);
                work_off();
            }
        }
    }

private:
    bool is_stopped()
    {
        stopped_ = stopped_ || (should_stop_ && should_stop_());
        return stopped_;
    }

    void work_off()
    {
        while (!workers_.empty() && !is_stopped()) {
            std::vector<pollfd> waits;
            for (const auto& worker : workers_) {
                waits.push_back({worker->pipe, POLLIN, 0});
            }
            if (poll(waits.data(), waits.size(), kPollMilliseconds) <= 0) {
                continue;
            }
            for (std::size_t i = waits.size(); i-- > 0;) {
                if (waits[i].revents != 0 && !receive(*workers_[i])) {
                    finish(i);
                }
            }
        }
    }

    // `only`: the one piece of work that it does; kIdle: whatever is next.
    void start(unsigned slot, std::uint32_t only)
    {
        int ends[2];
        const int piped = pipe(ends);
        BROWNOUT_ASSERT(piped == 0);
        shared_.board->in_progress[slot] = only;
        const pid_t process = fork();
        BROWNOUT_ASSERT(process >= 0);
        if (process == 0) {
            close(ends[0]);
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            std::signal(SIGINT, SIG_IGN);  // the coordinator decides
            std::signal(SIGTERM, SIG_IGN);
            work_until_done(slot, only, ends[1]);
        }
        close(ends[1]);
        workers_.push_back(
            std::make_unique<Worker>(Worker{slot, only, process, ends[0], {}, false}));
    }

    [[noreturn]] void work_until_done(unsigned slot, std::uint32_t only, int pipe)
    {
        Board& board = *shared_.board;
        for (;;) {
            const std::uint32_t index = only != kIdle ? only : board.next.fetch_add(1);
            if (index >= count_) {
                _exit(0);
            }
            board.in_progress[slot] = index;
            const std::string result = work_(index);
            Frame frame{index, 0, result.size()};
            frame.check = check_of(frame);
            write_all(pipe, &frame, sizeof frame);
            write_all(pipe, result.data(), result.size());
            board.in_progress[slot] = kIdle;
            if (only != kIdle) {
                _exit(0);
            }
        }
    }

    // False: nothing more comes from this worker.
    bool receive(Worker& worker)
    {
        char piece[65536];
        const ssize_t got = read(worker.pipe, piece, sizeof piece);
        if (got < 0 && errno == EINTR) {
            return true;
        }
        if (got <= 0) {
            return false;
        }
        worker.received.append(piece, static_cast<std::size_t>(got));
        Frame frame;
        std::size_t used = 0;
        while (worker.received.size() - used >= sizeof frame) {
            std::memcpy(&frame, worker.received.data() + used, sizeof frame);
            if (frame.check != check_of(frame) || frame.index >= count_) {
                worker.is_damaged = true;
                return false;
            }
            if (worker.received.size() - used - sizeof frame < frame.byte_count) {
                break;
            }
            deliver(frame.index,
                    {worker.received.substr(used + sizeof frame, frame.byte_count), {}});
            used += sizeof frame + frame.byte_count;
        }
        worker.received.erase(0, used);
        return true;
    }

    // Its exit status.
    static int end(const Worker& worker)
    {
        kill(worker.process, SIGKILL);
        int status = 0;
        while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
        }
        close(worker.pipe);
        return status;
    }

    void finish(std::size_t position)
    {
        const std::unique_ptr<Worker> worker = std::move(workers_[position]);
        workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(position));
        int status = 0;
        if (worker->is_damaged) {
            end(*worker);
        } else {
            while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR) {
            }
            close(worker->pipe);
        }
        // What a damaged worker did since is lost too: run() finds it.
        const std::uint32_t noted = shared_.board->in_progress[worker->slot].exchange(kIdle);
        const std::uint32_t index = worker->only != kIdle ? worker->only : noted;
        const bool is_open = index != kIdle && index >= delivered_ && results_.count(index) == 0;
        if (is_open && worker->only == kIdle) {
            start(worker->slot, index);
            return;
        }
        if (is_open) {
            deliver(index, {std::nullopt, death_text(*worker, status)});
        }
        if (shared_.board->next < count_) {
            start(worker->slot, kIdle);
        }
    }

    void deliver(std::uint32_t index, WorkResult result)
    {
        if (index < delivered_) {
            return;
        }
        results_.emplace(index, std::move(result));
        for (auto first = results_.begin();
             first != results_.end() && first->first == delivered_ && !is_stopped();
             first = results_.erase(first), ++delivered_) {
            done_(first->first, std::move(first->second));
        }
    }

    std::uint32_t count_;
    const std::function<std::string(std::size_t)>& work_;
    const std::function<void(std::size_t, WorkResult)>& done_;
    const std::function<bool()>& should_stop_;
    SharedBoard shared_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::map<std::uint32_t, WorkResult> results_;  // waiting for an earlier one
    std::uint32_t delivered_ = 0;
    bool stopped_ = false;
};

}  // namespace

void run_in_workers(std::size_t count, unsigned jobs,
                    const std::function<std::string(std::size_t)>& work,
                    const std::function<void(std::size_t, WorkResult)>& done,
                    const std::function<bool()>& should_stop)
{
    const auto useful = static_cast<unsigned>(std::min<std::size_t>(count, kJobsMax));
    Coordinator(count, std::min(std::max(jobs, 1u), useful), work, done, should_stop).run();
}

}  // namespace brownout::sim
