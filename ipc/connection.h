// One client of the server. It reads calls while another is being answered, answers them in order, and lives as long as
// one of its coroutines does. Only for ipc's own .cpp files.
#pragma once

#include "ipc/call.h"
#include "ipc/frame.h"
#include "ipc/pace.h"
#include "ipc/request_budget.h"
#include "ipc/server.h"

#include <asio/cancellation_signal.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>

#include <deque>

namespace sceau::ipc {

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Clock = std::chrono::steady_clock;

    /// What the server shares among its connections. It outlives them.
    struct Host {
        Handler handler;
        Limits limits;
        RequestBudget budget;
        Pace pace;
        std::function<void(Connection&)> on_end; // called by the destructor
    };

    Connection(const asio::any_io_executor& executor, Peer peer, std::shared_ptr<Host> host);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start(base::UniqueFd socket);

    const std::string& program() const { return peer_.executable; }
    bool is_open() const { return socket_.is_open(); }
    /// Whether no call is waiting or being answered.
    bool is_idle() const { return !answering_; }
    Clock::time_point last_active() const { return last_active_; }

    /// Ends at once and cancels what is under way.
    void close();
    /// Cancels what is under way, lets its reply be sent, then closes.
    void finish();

  private:
    class Stream;
    using Self = std::shared_ptr<Connection>;

    static asio::awaitable<void> read_calls(Self self);
    asio::awaitable<void> outlast_input();
    bool receive();
    bool take_passed(base::UniqueFd descriptor, bool one_of_several);
    bool discard(std::string_view bytes);
    void take_frames();
    void take_call(Call call, std::size_t size);
    void attach_passed(Call& call);
    bool hold(std::size_t bytes);
    void hold_less();
    void drop_waiting();
    void end_with(base::Error last_words);
    void watch_frame(bool took_one);

    static asio::awaitable<void> answer_calls(Self self);
    asio::awaitable<void> answer(Call& call);
    asio::awaitable<base::Result<Reply>> handle(Request& request, Mode mode);
    asio::awaitable<base::Result<>> write_part(std::string message, std::chrono::milliseconds timeout);
    asio::awaitable<bool> write(std::string message, std::chrono::milliseconds timeout);
    void answer_if_needed();

    asio::local::stream_protocol::socket socket_;
    Peer peer_;
    std::shared_ptr<const void> life_ = std::make_shared<int>(); // Peer::connection refers to this
    std::shared_ptr<Host> host_;
    FrameReader frames_;
    struct Waiting {
        Call call;
        std::size_t size; // of its frame
    };
    std::deque<Waiting> waiting_;
    using Passed = const base::Result<base::SealedMemory>;
    std::shared_ptr<Passed> passed_;                 // a descriptor that came and waits for the call that names it
    std::vector<std::weak_ptr<Passed>> held_passed_; // that one, and those of unanswered calls
    bool sent_foreign_ = false;                      // the client has sent a descriptor that is not a file in memory
    std::size_t unanswered_ = 0;                     // bytes of the frames that wait or are being answered
    std::size_t held_ = 0;                           // bytes charged to the budget
    std::optional<base::Error> last_words_; // if set, nothing more is read and this is sent after the last reply
    std::size_t discarded_ = 0;             // bytes that arrived after that
    bool input_ended_ = false;              // by the client, or by finish()
    bool stopping_ = false;
    bool answering_ = false;
    asio::steady_timer frame_timer_;
    asio::steady_timer reply_timer_;
    asio::cancellation_signal cancel_;
    Clock::time_point last_active_ = Clock::now();
};

} // namespace sceau::ipc
