// The pages of a flash array: a tree of fan-out 16 whose nodes and pages are shared between copies.
//
// Copying a table copies one reference; the first change after it copies the nodes on the path to
// one page (about 200 bytes a level) and that page. All erased pages of a table and of its copies
// are one object. The digests are sums over pages that differ from an erased one, so an erased
// array of any size costs nothing; they are kept up as pages change: a page that changed is taken
// out of the sums at once and added again when a digest is asked for.
//
// Invariant: a page that is not marked dirty in its leaf has known digests and is in the sums.
#pragma once

#include "cells/page.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace brownout::models::cells {

class PageTable {
public:
    PageTable(const PageLayout& layout, std::uint32_t page_count);
    ~PageTable();
    PageTable(const PageTable& other);
    PageTable& operator=(const PageTable& other);

    const PageLayout& layout() const { return layout_; }
    std::uint32_t page_count() const { return page_count_; }

    const Page& page(std::uint32_t index) const;
    bool is_erased_page(std::uint32_t index) const { return &page(index) == erased_; }
    std::uint32_t erase_count(std::uint32_t index) const;

    // The page, owned by this table alone, about to be changed.
    Page& change_page(std::uint32_t index);
    // Makes the page the erased one.
    void erase_page(std::uint32_t index);
    void count_erase(std::uint32_t index);

    Digest128 identity_digest() const;
    Digest128 content_digest() const;
    bool has_marginal_bits() const;
    std::vector<std::uint32_t> marginal_pages() const;  // indices, ascending
    void settle() const;                                // brings sums and digests up to date

    // Calls visit(index, page, page of other) for every page that is not the same object in both.
    // Stops when visit answers false; answers whether it got to the end.
    template <class Visit>
    bool visit_unshared(const PageTable& other, Visit&& visit) const;

    // Nodes and pages that `base` does not hold.
    std::size_t unshared_bytes(const PageTable& base) const;

private:
    static constexpr std::uint32_t kFanOutBits = 4;
    static constexpr std::uint32_t kFanOut = 1u << kFanOutBits;

    struct Node {
        union Child {
            Node* node;
            Page* page;
        };
        std::uint32_t owners = 1;
        std::uint16_t dirty = 0;                            // leaves: bit per page
        std::array<std::uint32_t, kFanOut> erase_counts{};  // leaves
        std::array<Child, kFanOut> children;
    };

    static std::uint32_t slot_at(std::uint32_t index, std::uint32_t level)
    {
        return (index >> (level * kFanOutBits)) & (kFanOut - 1);
    }
    static void add_child_owner(const Node& node, std::uint32_t slot, std::uint32_t level);
    static void release(Node* node, std::uint32_t level);
    static Node* clone(const Node& node, std::uint32_t level);

    const Node& leaf_of(std::uint32_t index) const;
    Node& own_leaf_of(std::uint32_t index);
    Node& dirty_leaf_of(std::uint32_t index);

    // Appends the pages below `node` that have marginal bits; false: there is none.
    bool find_marginal(const Node& node, std::uint32_t level, std::uint32_t first_index,
                       std::vector<std::uint32_t>& found) const;
    template <class Visit>
    bool visit_subtree(const Node& mine, const Node& theirs, std::uint32_t level,
                       std::uint32_t first_index, Visit& visit) const;
    std::size_t unshared_subtree_bytes(const Node& mine, const Node& theirs, std::uint32_t level,
                                       const Page* erased_of_base) const;

    PageLayout layout_;
    std::uint32_t page_count_ = 0;
    std::uint32_t top_level_ = 0;  // level of the root; leaves are level 0
    Node* root_ = nullptr;
    Page* erased_ = nullptr;

    mutable Digest128 identity_sum_;
    mutable Digest128 content_sum_;
    mutable std::uint32_t marginal_pages_ = 0;
    mutable std::vector<std::uint32_t> dirty_pages_;
};

template <class Visit>
bool PageTable::visit_unshared(const PageTable& other, Visit&& visit) const
{
    return visit_subtree(*root_, *other.root_, top_level_, 0, visit);
}

template <class Visit>
bool PageTable::visit_subtree(const Node& mine, const Node& theirs, std::uint32_t level,
                              std::uint32_t first_index, Visit& visit) const
{
    if (&mine == &theirs) {
        return true;
    }
    for (std::uint32_t slot = 0; slot < kFanOut; ++slot) {
        const std::uint32_t index = first_index + (slot << (level * kFanOutBits));
        if (index >= page_count_) {
            return true;
        }
        if (level > 0) {
            if (!visit_subtree(*mine.children[slot].node, *theirs.children[slot].node, level - 1,
                               index, visit)) {
                return false;
            }
        } else if (mine.children[slot].page != theirs.children[slot].page &&
                   !visit(index, *mine.children[slot].page, *theirs.children[slot].page)) {
            return false;
        }
    }
    return true;
}

}  // namespace brownout::models::cells
