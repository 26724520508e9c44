#include "tests/support/descriptor_passing.h"

#include <sys/socket.h>

#include <array>
#include <cstring>

namespace sceau::test {

namespace {

struct Ancillary {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

msghdr header_for(iovec& part)
{
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    return header;
}

} // namespace

void send_packet(int socket, const std::string& text, int descriptor)
{
    iovec part{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
    msghdr header = header_for(part);
    Ancillary ancillary;
    if (descriptor >= 0) {
        header.msg_control = ancillary.bytes.data();
        header.msg_controllen = ancillary.bytes.size();
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
    }
    // If the other end has gone, the next receive_packet() notices.
    (void)::sendmsg(socket, &header, MSG_NOSIGNAL);
}

std::optional<Packet> receive_packet(int socket)
{
    std::array<char, 1024> buffer{};
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr header = header_for(part);
    Ancillary ancillary;
    header.msg_control = ancillary.bytes.data();
    header.msg_controllen = ancillary.bytes.size();
    const ssize_t size = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    if (size <= 0)
        return std::nullopt;
    Packet packet{.text = std::string(buffer.data(), static_cast<std::size_t>(size)), .descriptor = {}};
    if (const cmsghdr* rights = CMSG_FIRSTHDR(&header); rights != nullptr) {
        int descriptor = -1;
        std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
        packet.descriptor.reset(descriptor);
    }
    return packet;
}

} // namespace sceau::test
