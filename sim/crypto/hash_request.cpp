#include "hash_request.hpp"

#include <algorithm>

namespace brownout::sim {

bool HashRequest::is_direct() const
{
    return std::all_of(sources.begin(), sources.begin() + source_count,
                       [](const HashSource& source) { return source.is_direct(); });
}

models::Digest128 HashRequest::content_key(ContentKey& key) const
{
    key.begin();
    key.add(static_cast<std::uint64_t>(hash));
    for (std::uint32_t i = 0; i < source_count; ++i) {
        const HashSource& source = sources[i];
        key.add(source.byte_count);
        key.add(std::span(source.key).first(source.key_bytes));
        if (source.array != nullptr) {
            key.add(source.array->content_digest(source.array_offset_bytes, source.byte_count));
        } else {
            key.add(source.memory);
        }
    }
    return key.value();
}

bool HashWorker::begin_source(const HashSource& source) noexcept
{
    return source.key_bytes == 0 || cipher_.begin(std::span(source.key).first(source.key_bytes), 0);
}

void HashWorker::add_direct(const HashSource& source) noexcept
{
    for (std::uint32_t done = 0; done < source.byte_count;) {
        const std::uint32_t byte_count = std::min(kHashPieceBytes, source.byte_count - done);
        const auto piece = std::span(piece_).first(byte_count);
        if (source.array != nullptr) {
            source.array->read(source.array_offset_bytes + done, piece);
        } else {
            std::copy_n(source.memory.data() + done, byte_count, piece.data());
        }
        add_piece(source, piece);
        done += byte_count;
    }
}

void HashWorker::add_piece(const HashSource& source, std::span<std::uint8_t> piece) noexcept
{
    if (source.key_bytes != 0) {
        cipher_.apply(piece);
    }
    digest_.update(piece);
}

}  // namespace brownout::sim
