#include "base/secret.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sceau::base {

namespace {

// The secret has a page of its own, because mlock and MADV_DONTDUMP work on pages and nothing else of ours may share
// it.
constexpr std::size_t kPageSize = 4096;

} // namespace

Result<Secret> Secret::create()
{
    void* page = ::mmap(nullptr, kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return std::unexpected(internal("no memory for a secret"));
    ::mlock(page, kPageSize);
    ::madvise(page, kPageSize, MADV_DONTDUMP);
    ::madvise(page, kPageSize, MADV_WIPEONFORK);
    return Secret(static_cast<std::uint8_t*>(page));
}

Secret::Secret(Secret&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), size_(std::exchange(other.size_, 0))
{
}

Secret& Secret::operator=(Secret&& other) noexcept
{
    std::swap(page_, other.page_);
    std::swap(size_, other.size_);
    return *this;
}

Secret::~Secret()
{
    if (page_ == nullptr)
        return;
    wipe();
    ::munmap(page_, kPageSize);
}

bool Secret::append(std::uint8_t byte)
{
    if (size_ == kCapacity)
        return false;
    page_[size_++] = byte;
    return true;
}

void Secret::resize(std::size_t size)
{
    size_ = std::min(size, kCapacity);
    ::explicit_bzero(page_ + size_, kPageSize - size_);
}

void Secret::wipe()
{
    ::explicit_bzero(page_, kPageSize);
    size_ = 0;
}

} // namespace sceau::base
