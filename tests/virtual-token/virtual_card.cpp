#include "tests/virtual-token/virtual_card.h"

#include <utility>

namespace sceau::test {

VirtualCard::VirtualCard(CardProfile profile) : profile_(std::move(profile)), piv_(profile_), thread_([this] { run(); })
{
}

VirtualCard::~VirtualCard()
{
    {
        const Lock lock(mutex_);
        stopping_ = true;
        if (link_)
            link_->shut_down();
    }
    changed_.notify_all();
    thread_.join();
}

void VirtualCard::attach(Reader reader)
{
    Lock lock(mutex_);
    reader_ = std::make_shared<const Reader>(std::move(reader));
    changed_.notify_all();
    changed_.wait(lock, [&] { return link_ || !inserted_ || !reader_; });
}

void VirtualCard::detach()
{
    Lock lock(mutex_);
    reader_ = nullptr;
    if (link_)
        link_->shut_down();
    changed_.notify_all();
    changed_.wait(lock, [&] { return !link_ && !connecting_; });
}

void VirtualCard::insert()
{
    Lock lock(mutex_);
    inserted_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return link_ || !reader_; });
}

void VirtualCard::remove()
{
    Lock lock(mutex_);
    inserted_ = false;
    back_after_.reset();
    if (link_)
        link_->shut_down();
    changed_.notify_all();
    changed_.wait(lock, [&] { return !link_; });
}

void VirtualCard::renew(PivSlot slot, const CertificateProfile& certificate)
{
    const Lock lock(mutex_);
    piv_.renew(slot, certificate);
}

void VirtualCard::set_latency(std::chrono::milliseconds latency)
{
    const Lock lock(mutex_);
    latency_ = latency;
}

void VirtualCard::schedule(Fault fault, Schedule when)
{
    const Lock lock(mutex_);
    schedule_.push_back({.fault = std::move(fault), .when = std::move(when)});
}

void VirtualCard::clear_schedule()
{
    const Lock lock(mutex_);
    schedule_.clear();
}

bool VirtualCard::wait_until_paused()
{
    Lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return paused_; });
}

void VirtualCard::resume()
{
    const Lock lock(mutex_);
    paused_ = false;
    changed_.notify_all();
}

void VirtualCard::mark(const std::string& text)
{
    const Lock lock(mutex_);
    append(LogEntry::Kind::mark, text);
    for (Scheduled& scheduled : schedule_)
        if (scheduled.when.after_mark == text)
            scheduled.when.after_mark.clear();
}

CardLog VirtualCard::log() const
{
    const Lock lock(mutex_);
    return log_;
}

void VirtualCard::clear_log()
{
    const Lock lock(mutex_);
    log_.clear();
    open_entry_.reset();
}

bool VirtualCard::wait_for(const std::function<bool(const CardLog&)>& condition)
{
    Lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return condition(log_); });
}

CardCounters VirtualCard::counters() const
{
    const Lock lock(mutex_);
    return counters_;
}

unsigned VirtualCard::pin_tries_left() const
{
    const Lock lock(mutex_);
    return piv_.pin_tries_left();
}

bool VirtualCard::is_verified() const
{
    const Lock lock(mutex_);
    return piv_.is_verified();
}

bool VirtualCard::is_inserted() const
{
    const Lock lock(mutex_);
    return inserted_;
}

} // namespace sceau::test
