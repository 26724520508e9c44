// The readers that a key use has for itself, and the cards to which someone may still be logged in. A reader is named
// as in Token::reader; an empty name means no reader.
#pragma once

#include "agent/tokens/reader_watch.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sceau::agent {

class UsedReaders {
  public:
    /// Discoveries leave the reader alone as long as this object lives.
    class Lease {
      public:
        Lease() = default;
        Lease(std::multiset<std::string>& occupied, const std::string& reader)
            : occupied_(&occupied), place_(occupied.insert(reader))
        {
        }
        Lease(Lease&& other) noexcept : occupied_(std::exchange(other.occupied_, nullptr)), place_(other.place_) {}
        Lease& operator=(Lease&& other) noexcept
        {
            std::swap(occupied_, other.occupied_);
            std::swap(place_, other.place_);
            return *this;
        }
        ~Lease()
        {
            if (occupied_ != nullptr)
                occupied_->erase(place_);
        }

      private:
        std::multiset<std::string>* occupied_ = nullptr;
        std::multiset<std::string>::iterator place_;
    };

    /// Cards are reset by a worker without a module.
    UsedReaders(const ReaderWatch& watch, const pkcs11::Module& no_module) : watch_(watch), no_module_(no_module) {}

    Lease occupy(const std::string& reader) { return reader.empty() ? Lease() : Lease(occupied_, reader); }
    const std::multiset<std::string>& occupied() const { return occupied_; }

    /// Records that someone may still be logged in to the card in this reader.
    void note_open(const std::string& reader);
    /// Resets the card if it was recorded as open. Fails with `token_failed` or `timed_out`.
    asio::awaitable<base::Result<>> close(const std::string& reader, Clock::time_point deadline);

  private:
    const ReaderWatch& watch_;
    const pkcs11::Module& no_module_;
    std::multiset<std::string> occupied_;
    std::map<std::string, std::vector<pkcs11::Reader>> open_; // with what PC/SC said of the reader at that time
};

} // namespace sceau::agent
