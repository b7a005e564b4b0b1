#include "forked_workers.hpp"

#include <models/assert.hpp>

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <vector>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kIdle = UINT32_MAX;
constexpr unsigned kJobsMax = 256;

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

struct Frame {
    std::uint32_t index = 0;
    std::uint32_t byte_count = 0;
};

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
    pid_t process = -1;
    int pipe = -1;
    std::string received;
};

class Coordinator {
public:
    Coordinator(std::size_t count, unsigned jobs,
                const std::function<std::string(std::size_t)>& work,
                const std::function<void(std::size_t, std::optional<std::string>)>& done)
        : count_(static_cast<std::uint32_t>(count)), work_(work), done_(done)
    {
        for (unsigned slot = 0; slot < jobs; ++slot) {
            start(slot);
        }
    }

    void run()
    {
        while (!workers_.empty()) {
            std::vector<pollfd> waits;
            for (const auto& worker : workers_) {
                waits.push_back({worker->pipe, POLLIN, 0});
            }
            if (poll(waits.data(), waits.size(), -1) < 0) {
                BROWNOUT_ASSERT(errno == EINTR);
                continue;
            }
            for (std::size_t i = waits.size(); i-- > 0;) {
                if (waits[i].revents != 0 && !receive(*workers_[i])) {
                    finish(i);
                }
            }
        }
        // Work that nobody could even begin.
        for (std::uint32_t i = 0; i < count_; ++i) {
            if (i >= delivered_ && results_.count(i) == 0) {
                deliver(i, std::nullopt);
            }
        }
    }

private:
    void start(unsigned slot)
    {
        int ends[2];
        const int piped = pipe(ends);
        BROWNOUT_ASSERT(piped == 0);
        shared_.board->in_progress[slot] = kIdle;
        const pid_t process = fork();
        BROWNOUT_ASSERT(process >= 0);
        if (process == 0) {
            close(ends[0]);
            work_until_done(slot, ends[1]);
        }
        close(ends[1]);
        workers_.push_back(std::make_unique<Worker>(Worker{slot, process, ends[0], {}}));
    }

    [[noreturn]] void work_until_done(unsigned slot, int pipe)
    {
        Board& board = *shared_.board;
        for (;;) {
            const std::uint32_t index = board.next.fetch_add(1);
            if (index >= count_) {
                _exit(0);
            }
            board.in_progress[slot] = index;
            const std::string result = work_(index);
            const Frame frame{index, static_cast<std::uint32_t>(result.size())};
            write_all(pipe, &frame, sizeof frame);
            write_all(pipe, result.data(), result.size());
            board.in_progress[slot] = kIdle;
        }
    }

    // False: the pipe is at its end.
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
        while (worker.received.size() >= sizeof frame) {
            std::memcpy(&frame, worker.received.data(), sizeof frame);
            if (worker.received.size() - sizeof frame < frame.byte_count) {
                break;
            }
            deliver(frame.index, worker.received.substr(sizeof frame, frame.byte_count));
            worker.received.erase(0, sizeof frame + frame.byte_count);
        }
        return true;
    }

    void finish(std::size_t position)
    {
        const std::unique_ptr<Worker> worker = std::move(workers_[position]);
        workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(position));
        close(worker->pipe);
        waitpid(worker->process, nullptr, 0);
        const std::uint32_t unfinished = shared_.board->in_progress[worker->slot];
        if (unfinished == kIdle) {
            return;
        }
        if (unfinished >= delivered_ && results_.count(unfinished) == 0) {
            deliver(unfinished, std::nullopt);
        }
        start(worker->slot);
    }

    void deliver(std::uint32_t index, std::optional<std::string> result)
    {
        results_[index] = std::move(result);
        for (auto first = results_.begin(); first != results_.end() && first->first == delivered_;
             first = results_.erase(first), ++delivered_) {
            done_(first->first, std::move(first->second));
        }
    }

    std::uint32_t count_;
    const std::function<std::string(std::size_t)>& work_;
    const std::function<void(std::size_t, std::optional<std::string>)>& done_;
    SharedBoard shared_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::map<std::uint32_t, std::optional<std::string>> results_;  // waiting for an earlier one
    std::uint32_t delivered_ = 0;
};

}  // namespace

void run_in_workers(std::size_t count, unsigned jobs,
                    const std::function<std::string(std::size_t)>& work,
                    const std::function<void(std::size_t, std::optional<std::string>)>& done)
{
    const auto useful = static_cast<unsigned>(std::min<std::size_t>(count, kJobsMax));
    Coordinator(count, std::min(std::max(jobs, 1u), useful), work, done).run();
}

}  // namespace brownout::sim
