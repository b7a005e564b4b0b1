// Every function of the table runs on a firmware fiber that may be left for ever inside charge()
// or a flash read. So nothing with a destructor lives in those functions; what needs memory is a
// member of Impl and is begun afresh by the next call. Bytes of the firmware are copied before
// OpenSSL sees them: a bad pointer faults while the library holds nothing.
#include "content_key.hpp"
#include "hash_request.hpp"
#include "key_unwrap.hpp"
#include "payload_cipher.hpp"
#include "result_memo.hpp"
#include "signature_check.hpp"

#include <models/assert.hpp>
#include <sim/crypto.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace brownout::sim {

namespace {

constexpr std::uint32_t kKeyBytesMax = 4096;
constexpr std::uint32_t kInputBytesMax = 1024;  // a digest, a signature, a wrapped key
constexpr std::uint32_t kReadPieceBytes = 256;  // as the reference reads while hashing

// A copy of bytes that firmware handed over.
template <std::uint32_t bytes_max>
struct Input {
    std::array<std::uint8_t, bytes_max> bytes{};
    std::uint32_t byte_count = 0;

    // False: longer than anything that could be right.
    bool take(const std::uint8_t* source, std::uint32_t source_bytes) noexcept
    {
        byte_count = 0;
        if (source_bytes > bytes_max) {
            return false;
        }
        if (source_bytes > 0) {
            std::memcpy(bytes.data(), source, source_bytes);
        }
        byte_count = source_bytes;
        return true;
    }
    std::span<const std::uint8_t> view() const { return std::span(bytes).first(byte_count); }
};

using DigestBytes = std::array<std::uint8_t, CRYPTO_DIGEST_BYTES_MAX>;

struct RecoveredKey {
    int result = CRYPTO_EBAD;
    std::array<std::uint8_t, CRYPTO_AES_KEY_BYTES_MAX> key{};
};

}  // namespace

struct CryptoProvider::Impl {
    Impl(CryptoCosts costs_, CryptoHost host_, CryptoOptions options_)
        : costs(costs_), host(std::move(host_)), remember(options_.remember),
          digests(options_.remembered_results_max), verdicts(options_.remembered_results_max),
          image_keys(options_.remembered_results_max)
    {
    }

    CryptoCosts costs;
    CryptoHost host;
    bool remember;
    boot_crypto table{};

    ContentKey content_key;
    ResultMemo<DigestBytes> digests;
    ResultMemo<int> verdicts;
    ResultMemo<RecoveredKey> image_keys;

    // The call in progress.
    HashRequest request;
    HashWorker worker;
    PayloadCipher cipher;
    DigestBytes digest{};
    crypto_signature signature_kind = CRYPTO_SIGNATURE_NONE;
    crypto_key_wrap wrap_kind = CRYPTO_WRAP_NONE;
    Input<kKeyBytesMax> key;
    Input<kInputBytesMax> first;
    Input<kInputBytesMax> second;
    RecoveredKey image_key;
    std::uint32_t image_key_bytes = 0;
    std::array<std::uint8_t, kHashPieceBytes> piece{};
    std::uint32_t piece_bytes = 0;
    std::uint32_t payload_offset_bytes = 0;
    HashSource* source = nullptr;
    int result = 0;

    // To their end, without a call to the host.
    void begin_hash();
    void begin_source();
    void hash_piece();
    void finish_hash();
    void hash_direct();
    void compute_direct();
    void begin_cipher();
    void apply_cipher();
    void judge_signature();
    void recover_key();

    // The functions of the table, and their parts: may be left for ever in a call to the host.
    static int hash_ranges(void* context, crypto_hash hash, const crypto_range* ranges,
                           std::uint32_t range_count, std::uint8_t* digest_out);
    static int hash_bytes(void* context, crypto_hash hash, const void* bytes,
                          std::uint32_t byte_count, std::uint8_t* digest_out);
    static int verify(void* context, crypto_signature kind, const std::uint8_t* public_key,
                      std::uint32_t public_key_bytes, const std::uint8_t* digest,
                      std::uint32_t digest_bytes, const std::uint8_t* signature,
                      std::uint32_t signature_bytes);
    static int unwrap_key(void* context, crypto_key_wrap kind, const std::uint8_t* private_key,
                          std::uint32_t private_key_bytes, const std::uint8_t* wrapped,
                          std::uint32_t wrapped_bytes, std::uint8_t* key_out,
                          std::uint32_t key_out_bytes);
    static int ctr(void* context, const crypto_ctr* ctr, std::uint32_t payload_offset_bytes,
                   void* bytes, std::uint32_t byte_count);

    int hash_whole();
    int resolve(const crypto_range& range, HashSource& source_out);
    int hash_through_driver();
    std::uint64_t cycles_of(const HashSource& from, std::uint32_t byte_count) const;
};

void CryptoProvider::Impl::begin_hash()
{
    result = worker.begin(request.hash) ? CRYPTO_OK : CRYPTO_EUNSUPPORTED;
}

void CryptoProvider::Impl::begin_source()
{
    result = worker.begin_source(*source) ? CRYPTO_OK : CRYPTO_EUNSUPPORTED;
}

void CryptoProvider::Impl::hash_piece()
{
    worker.add_piece(*source, std::span(piece).first(piece_bytes));
}

void CryptoProvider::Impl::finish_hash()
{
    worker.finish(digest.data());
}

void CryptoProvider::Impl::compute_direct()
{
    begin_hash();
    for (std::uint32_t i = 0; i < request.source_count && result == CRYPTO_OK; ++i) {
        source = &request.sources[i];
        begin_source();
        if (result == CRYPTO_OK) {
            worker.add_direct(*source);
        }
    }
    if (result == CRYPTO_OK) {
        finish_hash();
    }
}

void CryptoProvider::Impl::hash_direct()
{
    if (!remember) {
        compute_direct();
        return;
    }
    const models::Digest128 request_key = request.content_key(content_key);
    if (const DigestBytes* known = digests.find(request_key)) {
        digest = *known;
        result = CRYPTO_OK;
        return;
    }
    compute_direct();
    if (result == CRYPTO_OK) {
        digests.remember(request_key, digest);
    }
}

void CryptoProvider::Impl::begin_cipher()
{
    result = cipher.begin(key.view(), payload_offset_bytes) ? CRYPTO_OK : CRYPTO_EUNSUPPORTED;
}

void CryptoProvider::Impl::apply_cipher()
{
    cipher.apply(std::span(piece).first(piece_bytes));
}

void CryptoProvider::Impl::judge_signature()
{
    content_key.begin();
    content_key.add(static_cast<std::uint64_t>(signature_kind));
    content_key.add(key.view());
    content_key.add(first.view());
    content_key.add(second.view());
    const models::Digest128 request_key = content_key.value();
    if (const int* known = remember ? verdicts.find(request_key) : nullptr) {
        result = *known;
        return;
    }
    result = check_signature(signature_kind, key.view(), first.view(), second.view());
    verdicts.remember(request_key, result);
}

void CryptoProvider::Impl::recover_key()
{
    content_key.begin();
    content_key.add(static_cast<std::uint64_t>(wrap_kind));
    content_key.add(image_key_bytes);
    content_key.add(key.view());
    content_key.add(first.view());
    const models::Digest128 request_key = content_key.value();
    if (const RecoveredKey* known = remember ? image_keys.find(request_key) : nullptr) {
        image_key = *known;
        return;
    }
    image_key = {};
    image_key.result = recover_image_key(wrap_kind, key.view(), first.view(),
                                         std::span(image_key.key).first(image_key_bytes));
    image_keys.remember(request_key, image_key);
}

int CryptoProvider::Impl::resolve(const crypto_range& range, HashSource& into)
{
    into.array = nullptr;
    into.memory = {};
    into.area = nullptr;
    into.byte_count = range.byte_count;
    into.key_bytes = 0;
    if (range.decrypt != nullptr) {
        const std::uint32_t key_bytes = range.decrypt->key_bytes;
        if (key_bytes != 16 && key_bytes != 32) {
            return CRYPTO_EUNSUPPORTED;
        }
        std::memcpy(into.key.data(), range.decrypt->key, key_bytes);
        into.key_bytes = key_bytes;
    }
    if (range.byte_count == 0) {
        return CRYPTO_OK;
    }
    if (range.area == nullptr) {
        into.memory = host.memory ? host.memory(range.offset_or_address, range.byte_count)
                                  : std::span<const std::uint8_t>();
        return into.memory.size() == range.byte_count ? CRYPTO_OK : CRYPTO_EBAD;
    }
    const flash_area& area = *range.area;
    if (area.device == nullptr) {
        return FLASH_ENODEV;
    }
    if (range.offset_or_address > area.size_bytes ||
        range.byte_count > area.size_bytes - range.offset_or_address) {
        return FLASH_EINVAL;
    }
    if (host.mapped) {
        into.array = host.mapped(area, range.offset_or_address, into.array_offset_bytes);
    }
    if (into.array == nullptr) {
        into.area = range.area;
        into.area_offset_bytes = range.offset_or_address;
    }
    return CRYPTO_OK;
}

std::uint64_t CryptoProvider::Impl::cycles_of(const HashSource& from,
                                              std::uint32_t byte_count) const
{
    const std::uint64_t cycles_per_byte =
        costs.sha256_cycles_per_byte + (from.key_bytes != 0 ? costs.aes_cycles_per_byte : 0u);
    return cycles_per_byte * byte_count;
}

int CryptoProvider::Impl::hash_whole()
{
    std::uint64_t cycles = 0;
    for (std::uint32_t i = 0; i < request.source_count; ++i) {
        cycles += cycles_of(request.sources[i], request.sources[i].byte_count);
    }
    hash_direct();
    if (result == CRYPTO_OK) {
        host.charge(cycles);
    }
    return result;
}

// Piece by piece, so that the device time of reading and of hashing alternate as on silicon. The
// piece lies on the firmware's stack: a DMA engine must be able to reach it.
int CryptoProvider::Impl::hash_through_driver()
{
    begin_hash();
    for (std::uint32_t i = 0; i < request.source_count && result == CRYPTO_OK; ++i) {
        source = &request.sources[i];
        begin_source();
        for (std::uint32_t done = 0; done < source->byte_count && result == CRYPTO_OK;) {
            alignas(4) std::uint8_t firmware_piece[kReadPieceBytes];  // some buses move words
            piece_bytes = std::min(kReadPieceBytes, source->byte_count - done);
            if (source->array != nullptr) {
                source->array->read(source->array_offset_bytes + done,
                                    std::span(piece).first(piece_bytes));
            } else if (source->area == nullptr) {
                std::memcpy(piece.data(), source->memory.data() + done, piece_bytes);
            } else {
                const flash_device* device = source->area->device;
                const std::uint32_t device_offset_bytes =
                    source->area->device_offset_bytes + source->area_offset_bytes + done;
                const int read =
                    device->driver->read(device, device_offset_bytes, firmware_piece, piece_bytes);
                if (read != FLASH_OK) {
                    return read;
                }
                std::memcpy(piece.data(), firmware_piece, piece_bytes);
            }
            done += piece_bytes;
            const std::uint64_t cycles = cycles_of(*source, piece_bytes);
            hash_piece();
            host.charge(cycles);
        }
    }
    if (result == CRYPTO_OK) {
        finish_hash();
    }
    return result;
}

int CryptoProvider::Impl::hash_ranges(void* context, crypto_hash hash, const crypto_range* ranges,
                                      std::uint32_t range_count, std::uint8_t* digest_out)
{
    Impl& self = *static_cast<Impl*>(context);
    if (range_count > kHashRangesMax) {
        return CRYPTO_EUNSUPPORTED;
    }
    self.request.hash = hash;
    self.request.source_count = range_count;
    for (std::uint32_t i = 0; i < range_count; ++i) {
        const int resolved = self.resolve(ranges[i], self.request.sources[i]);
        if (resolved != CRYPTO_OK) {
            return resolved;
        }
    }
    const int hashed = self.request.is_direct() ? self.hash_whole() : self.hash_through_driver();
    if (hashed == CRYPTO_OK) {
        std::memcpy(digest_out, self.digest.data(), static_cast<std::size_t>(hash));
    }
    return hashed;
}

int CryptoProvider::Impl::hash_bytes(void* context, crypto_hash hash, const void* bytes,
                                     std::uint32_t byte_count, std::uint8_t* digest_out)
{
    Impl& self = *static_cast<Impl*>(context);
    self.request.hash = hash;
    self.request.source_count = 1;
    self.source = &self.request.sources[0];
    self.source->key_bytes = 0;
    self.begin_hash();
    if (self.result != CRYPTO_OK) {
        return self.result;
    }
    for (std::uint32_t done = 0; done < byte_count; done += self.piece_bytes) {
        self.piece_bytes = std::min(kHashPieceBytes, byte_count - done);
        std::memcpy(self.piece.data(), static_cast<const std::uint8_t*>(bytes) + done,
                    self.piece_bytes);
        self.hash_piece();
    }
    self.finish_hash();
    self.host.charge(self.cycles_of(*self.source, byte_count));
    std::memcpy(digest_out, self.digest.data(), static_cast<std::size_t>(hash));
    return CRYPTO_OK;
}

int CryptoProvider::Impl::verify(void* context, crypto_signature kind,
                                 const std::uint8_t* public_key, std::uint32_t public_key_bytes,
                                 const std::uint8_t* digest, std::uint32_t digest_bytes,
                                 const std::uint8_t* signature, std::uint32_t signature_bytes)
{
    Impl& self = *static_cast<Impl*>(context);
    self.signature_kind = kind;
    if (!self.key.take(public_key, public_key_bytes) || !self.first.take(digest, digest_bytes) ||
        !self.second.take(signature, signature_bytes)) {
        return CRYPTO_EBAD;
    }
    self.judge_signature();
    if (self.result != CRYPTO_EUNSUPPORTED) {
        self.host.charge(self.costs.verify_cycles);
    }
    return self.result;
}

int CryptoProvider::Impl::unwrap_key(void* context, crypto_key_wrap kind,
                                     const std::uint8_t* private_key,
                                     std::uint32_t private_key_bytes, const std::uint8_t* wrapped,
                                     std::uint32_t wrapped_bytes, std::uint8_t* key_out,
                                     std::uint32_t key_out_bytes)
{
    Impl& self = *static_cast<Impl*>(context);
    self.wrap_kind = kind;
    self.image_key_bytes = key_out_bytes;
    if (key_out_bytes > CRYPTO_AES_KEY_BYTES_MAX) {
        return CRYPTO_EUNSUPPORTED;
    }
    if (!self.key.take(private_key, private_key_bytes) ||
        !self.first.take(wrapped, wrapped_bytes)) {
        return CRYPTO_EBAD;
    }
    self.recover_key();
    if (self.image_key.result != CRYPTO_EUNSUPPORTED) {
        // RFC 3394 runs the block cipher six times over the key; the rest are private-key
        // operations, for which the cost of a signature check stands.
        self.host.charge(kind == CRYPTO_WRAP_AES_KW
                             ? 6ull * 2 * key_out_bytes * self.costs.aes_cycles_per_byte
                             : self.costs.verify_cycles);
    }
    if (self.image_key.result == CRYPTO_OK) {
        std::memcpy(key_out, self.image_key.key.data(), key_out_bytes);
    }
    return self.image_key.result;
}

int CryptoProvider::Impl::ctr(void* context, const crypto_ctr* ctr,
                              std::uint32_t payload_offset_bytes, void* bytes,
                              std::uint32_t byte_count)
{
    Impl& self = *static_cast<Impl*>(context);
    if (ctr->key_bytes > CRYPTO_AES_KEY_BYTES_MAX || !self.key.take(ctr->key, ctr->key_bytes)) {
        return CRYPTO_EUNSUPPORTED;
    }
    self.payload_offset_bytes = payload_offset_bytes;
    self.begin_cipher();
    for (std::uint32_t done = 0; done < byte_count && self.result == CRYPTO_OK;) {
        std::uint8_t* target = static_cast<std::uint8_t*>(bytes) + done;
        self.piece_bytes = std::min(kHashPieceBytes, byte_count - done);
        std::memcpy(self.piece.data(), target, self.piece_bytes);
        self.apply_cipher();
        std::memcpy(target, self.piece.data(), self.piece_bytes);
        done += self.piece_bytes;
    }
    if (self.result == CRYPTO_OK) {
        self.host.charge(static_cast<std::uint64_t>(self.costs.aes_cycles_per_byte) * byte_count);
    }
    return self.result;
}

CryptoProvider::CryptoProvider(CryptoCosts costs, CryptoHost host, CryptoOptions options)
{
    // No configuration of the machine that we happen to run on may change a verdict.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    impl_ = std::make_unique<Impl>(costs, std::move(host), options);
    BROWNOUT_ASSERT(impl_->host.charge);
    boot_crypto& table = impl_->table;
    table.struct_bytes = sizeof table;
    table.version = BOOT_CRYPTO_VERSION;
    table.context = impl_.get();
    table.hash_ranges = Impl::hash_ranges;
    table.hash_bytes = Impl::hash_bytes;
    table.verify = Impl::verify;
    table.unwrap_key = Impl::unwrap_key;
    table.ctr = Impl::ctr;
}

CryptoProvider::~CryptoProvider() = default;

const boot_crypto* CryptoProvider::table() const noexcept
{
    return &impl_->table;
}

}  // namespace brownout::sim
