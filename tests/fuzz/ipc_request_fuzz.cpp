// What any process of the user can send to the agent: bytes are read into frames, and these into calls.
#include "ipc/call.h"
#include "ipc/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    sceau::ipc::FrameReader reader;
    reader.feed(sceau::base::as_text({data, size}));
    for (auto frame = reader.next(); frame && *frame; frame = reader.next())
        static_cast<void>(sceau::ipc::decode_call(**frame));
    return 0;
}
