// A driver for pcscd that turns vsmartcard's vpcd into what most tokens are: a USB reader with one slot, which is
// unplugged together with its card. vpcd does the talking. Each reader has its own copy of vpcd's file, because vpcd
// keeps its slots in static variables. When a card or reader has gone, the driver reports what libccid reports, where
// vpcd claims success.
//
// pcscd names the device "usb:VENDOR/PRODUCT:libudev:0:/dev/bus/usb/001/NNN". The vpcd of that reader is
// /run/pcscd/vpcd-NNN.so. It waits for the card on port 35963 + NNN, and counts as unplugged while the file
// /run/pcscd/unplugged-NNN exists.
extern "C" { // missing in the header
#include <ifdhandler.h>
}

#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <string>

namespace {

struct Reader {
    std::string number;
    void* vpcd = nullptr;
    bool powers_card = false; // as far as pcscd knows
};

constexpr std::size_t kReaders = 16; // pcscd's PCSCLITE_MAX_READERS_CONTEXTS
constexpr int kPort = 35963;

/// pcscd calls only one thread at a time for each reader, so nobody else uses a reader's entry meanwhile.
Reader& reader_of(DWORD lun)
{
    static std::array<Reader, kReaders> readers;
    return readers.at((lun >> 16) % kReaders);
}

bool is_unplugged(const Reader& reader)
{
    return ::access(("/run/pcscd/unplugged-" + reader.number).c_str(), F_OK) == 0;
}

/// Calls vpcd's function of that name. A command that was under way when the reader was unplugged has failed, whatever
/// vpcd returns.
template <class Function, class... Arguments>
RESPONSECODE forward(Function*, const char* name, DWORD lun, Arguments... arguments)
{
    const Reader& reader = reader_of(lun);
    if (is_unplugged(reader))
        return IFD_NO_SUCH_DEVICE;
    const RESPONSECODE result = reinterpret_cast<Function*>(::dlsym(reader.vpcd, name))(lun, arguments...);
    return is_unplugged(reader) ? IFD_NO_SUCH_DEVICE : result;
}

RESPONSECODE answer(UCHAR value, DWORD* length, UCHAR* place)
{
    *place = value;
    *length = 1;
    return IFD_SUCCESS;
}

} // namespace

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR device)
{
    const std::string name = device;
    Reader& reader = reader_of(lun);
    reader.number = name.substr(name.rfind('/') + 1);
    reader.vpcd = ::dlopen(("/run/pcscd/vpcd-" + reader.number + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (reader.vpcd == nullptr)
        return IFD_NO_SUCH_DEVICE;
    std::string listening = "/dev/null:" + std::to_string(kPort + std::stoi(reader.number));
    return forward(IFDHCreateChannelByName, "IFDHCreateChannelByName", lun, listening.data());
}

RESPONSECODE IFDHCreateChannel(DWORD, DWORD)
{
    return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
    Reader& reader = reader_of(lun);
    const auto close = reinterpret_cast<decltype(&IFDHCloseChannel)>(::dlsym(reader.vpcd, "IFDHCloseChannel"));
    const RESPONSECODE result = close(lun);
    ::dlclose(reader.vpcd);
    reader = {};
    return result;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
    switch (tag) {
    case TAG_IFD_SLOTS_NUMBER:
    case TAG_IFD_THREAD_SAFE:
        return answer(1, length, value);
    case TAG_IFD_SIMULTANEOUS_ACCESS:
        return answer(kReaders, length, value);
    default:
        return forward(IFDHGetCapabilities, "IFDHGetCapabilities", lun, tag, length, value);
    }
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
    return forward(IFDHSetCapabilities, "IFDHSetCapabilities", lun, tag, length, value);
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
    return forward(IFDHSetProtocolParameters, "IFDHSetProtocolParameters", lun, protocol, flags, pts1, pts2, pts3);
}

/// While the virtual card has no power, its ATR is a single byte.
static bool is_powered(DWORD lun)
{
    std::array<UCHAR, MAX_ATR_SIZE> atr{};
    DWORD length = atr.size();
    constexpr DWORD kTag = TAG_IFD_ATR;
    return forward(IFDHGetCapabilities, "IFDHGetCapabilities", lun, kTag, &length, atr.data()) == IFD_SUCCESS &&
           length > 1;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
    const RESPONSECODE result = forward(IFDHPowerICC, "IFDHPowerICC", lun, action, atr, length);
    reader_of(lun).powers_card = result == IFD_SUCCESS && action != IFD_POWER_DOWN;
    return result;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD command_length, PUCHAR response,
                               PDWORD response_length, PSCARD_IO_HEADER receive)
{
    const RESPONSECODE result = forward(IFDHTransmitToICC, "IFDHTransmitToICC", lun, send, command, command_length,
                                        response, response_length, receive);
    return result == IFD_SUCCESS && *response_length == 0 ? IFD_COMMUNICATION_ERROR : result;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR command, DWORD command_length, PUCHAR response,
                         DWORD response_length, LPDWORD returned)
{
    return forward(IFDHControl, "IFDHControl", lun, code, command, command_length, response, response_length, returned);
}

/// A card that was powered and no longer is was removed between two checks. Like libccid, the driver reports it absent
/// once.
RESPONSECODE IFDHICCPresence(DWORD lun)
{
    const RESPONSECODE result = forward(IFDHICCPresence, "IFDHICCPresence", lun);
    Reader& reader = reader_of(lun);
    if (result == IFD_ICC_PRESENT && (!reader.powers_card || is_powered(lun)))
        return IFD_ICC_PRESENT;
    reader.powers_card = false;
    return result == IFD_ICC_PRESENT ? IFD_ICC_NOT_PRESENT : result;
}
