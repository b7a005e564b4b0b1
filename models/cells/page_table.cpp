#include "cells/page_table.hpp"

#include "cells/digest.hpp"

#include <models/assert.hpp>

namespace brownout::models::cells {

PageTable::PageTable(const PageLayout& layout, std::uint32_t page_count)
    : layout_(layout), page_count_(page_count), erased_(Page::create_erased(layout))
{
    BROWNOUT_ASSERT(page_count > 0);
    erased_->find_digests(layout_);
    // Every subtree of an erased array is the same one.
    root_ = new Node;
    for (Node::Child& child : root_->children) {
        erased_->add_owner();
        child.page = erased_;
    }
    while ((page_count - 1) >> ((top_level_ + 1) * kFanOutBits) != 0) {
        Node* above = new Node;
        for (Node::Child& child : above->children) {
            child.node = root_;
        }
        root_->owners = kFanOut;
        root_ = above;
        ++top_level_;
    }
}

PageTable::~PageTable()
{
    release(root_, top_level_);
    erased_->remove_owner();
}

PageTable::PageTable(const PageTable& other)
    : layout_(other.layout_), page_count_(other.page_count_), top_level_(other.top_level_),
      root_(other.root_), erased_(other.erased_)
{
    // Shared pages must have known digests, or every copy would find them again.
    other.settle();
    identity_sum_ = other.identity_sum_;
    content_sum_ = other.content_sum_;
    marginal_pages_ = other.marginal_pages_;
    ++root_->owners;
    erased_->add_owner();
}

PageTable& PageTable::operator=(const PageTable& other)
{
    if (this == &other) {
        return *this;
    }
    other.settle();
    ++other.root_->owners;
    other.erased_->add_owner();
    release(root_, top_level_);
    erased_->remove_owner();
    layout_ = other.layout_;
    page_count_ = other.page_count_;
    top_level_ = other.top_level_;
    root_ = other.root_;
    erased_ = other.erased_;
    identity_sum_ = other.identity_sum_;
    content_sum_ = other.content_sum_;
    marginal_pages_ = other.marginal_pages_;
    dirty_pages_.clear();
    return *this;
}

void PageTable::add_child_owner(const Node& node, std::uint32_t slot, std::uint32_t level)
{
    if (level == 0) {
        node.children[slot].page->add_owner();
    } else {
        ++node.children[slot].node->owners;
    }
}

void PageTable::release(Node* node, std::uint32_t level)
{
    if (--node->owners > 0) {
        return;
    }
    for (const Node::Child& child : node->children) {
        if (level == 0) {
            child.page->remove_owner();
        } else {
            release(child.node, level - 1);
        }
    }
    delete node;
}

PageTable::Node* PageTable::clone(const Node& node, std::uint32_t level)
{
    Node* copy = new Node(node);
    copy->owners = 1;
    for (std::uint32_t slot = 0; slot < kFanOut; ++slot) {
        add_child_owner(*copy, slot, level);
    }
    return copy;
}

const PageTable::Node& PageTable::leaf_of(std::uint32_t index) const
{
    const Node* node = root_;
    for (std::uint32_t level = top_level_; level > 0; --level) {
        node = node->children[slot_at(index, level)].node;
    }
    return *node;
}

const Page& PageTable::page(std::uint32_t index) const
{
    return *leaf_of(index).children[slot_at(index, 0)].page;
}

std::uint32_t PageTable::erase_count(std::uint32_t index) const
{
    return leaf_of(index).erase_counts[slot_at(index, 0)];
}

PageTable::Node& PageTable::own_leaf_of(std::uint32_t index)
{
    Node** link = &root_;
    for (std::uint32_t level = top_level_;; --level) {
        if ((*link)->owners > 1) {
            Node* copy = clone(**link, level);
            --(*link)->owners;
            *link = copy;
        }
        if (level == 0) {
            return **link;
        }
        link = &(*link)->children[slot_at(index, level)].node;
    }
}

PageTable::Node& PageTable::dirty_leaf_of(std::uint32_t index)
{
    Node& leaf = own_leaf_of(index);
    const std::uint32_t slot = slot_at(index, 0);
    const auto bit = static_cast<std::uint16_t>(1u << slot);
    if ((leaf.dirty & bit) == 0) {
        const Page& page = *leaf.children[slot].page;
        if (page.identity_digest() != erased_->identity_digest()) {
            subtract_from(identity_sum_, contribution(index, page.identity_digest()));
        }
        if (page.content_digest() != erased_->content_digest()) {
            subtract_from(content_sum_, contribution(index, page.content_digest()));
        }
        marginal_pages_ -= page.has_marginal_bits() ? 1u : 0u;
        leaf.dirty = static_cast<std::uint16_t>(leaf.dirty | bit);
        dirty_pages_.push_back(index);
    }
    return leaf;
}

Page& PageTable::change_page(std::uint32_t index)
{
    Page*& page = dirty_leaf_of(index).children[slot_at(index, 0)].page;
    if (page->is_shared()) {
        Page* copy = Page::copy_of(*page, layout_);
        page->remove_owner();
        page = copy;
    }
    page->forget_digests();
    return *page;
}

void PageTable::erase_page(std::uint32_t index)
{
    if (is_erased_page(index)) {
        return;
    }
    Page*& page = dirty_leaf_of(index).children[slot_at(index, 0)].page;
    page->remove_owner();
    erased_->add_owner();
    page = erased_;
}

void PageTable::count_erase(std::uint32_t index)
{
    ++own_leaf_of(index).erase_counts[slot_at(index, 0)];
}

void PageTable::settle() const
{
    for (const std::uint32_t index : dirty_pages_) {
        // A leaf with dirty pages has one owner, this table.
        Node& leaf = const_cast<Node&>(leaf_of(index));
        Page& page = *leaf.children[slot_at(index, 0)].page;
        page.find_digests(layout_);
        if (page.identity_digest() != erased_->identity_digest()) {
            add_to(identity_sum_, contribution(index, page.identity_digest()));
        }
        if (page.content_digest() != erased_->content_digest()) {
            add_to(content_sum_, contribution(index, page.content_digest()));
        }
        marginal_pages_ += page.has_marginal_bits() ? 1u : 0u;
        leaf.dirty = 0;
    }
    dirty_pages_.clear();
}

Digest128 PageTable::identity_digest() const
{
    settle();
    return identity_sum_;
}

Digest128 PageTable::content_digest() const
{
    settle();
    return content_sum_;
}

bool PageTable::has_marginal_bits() const
{
    settle();
    return marginal_pages_ > 0;
}

// Siblings of an erased stretch are the same node: what is known of one is known of all.
bool PageTable::find_marginal(const Node& node, std::uint32_t level, std::uint32_t first_index,
                              std::vector<std::uint32_t>& found) const
{
    const std::size_t found_before = found.size();
    const Node* without = nullptr;
    for (std::uint32_t slot = 0; slot < kFanOut; ++slot) {
        const std::uint32_t index = first_index + (slot << (level * kFanOutBits));
        if (index >= page_count_) {
            break;
        }
        if (level == 0) {
            if (node.children[slot].page->has_marginal_bits()) {
                found.push_back(index);
            }
        } else if (const Node* const child = node.children[slot].node; child != without) {
            without = find_marginal(*child, level - 1, index, found) ? without : child;
        }
    }
    return found.size() != found_before;
}

std::vector<std::uint32_t> PageTable::marginal_pages() const
{
    std::vector<std::uint32_t> found;
    if (has_marginal_bits()) {
        find_marginal(*root_, top_level_, 0, found);
    }
    return found;
}

std::size_t PageTable::unshared_bytes(const PageTable& base) const
{
    return unshared_subtree_bytes(*root_, *base.root_, top_level_, base.erased_);
}

std::size_t PageTable::unshared_subtree_bytes(const Node& mine, const Node& theirs,
                                              std::uint32_t level, const Page* erased_of_base) const
{
    if (&mine == &theirs) {
        return 0;
    }
    std::size_t bytes = sizeof(Node);
    for (std::uint32_t slot = 0; slot < kFanOut; ++slot) {
        if (level > 0) {
            bytes += unshared_subtree_bytes(*mine.children[slot].node, *theirs.children[slot].node,
                                            level - 1, erased_of_base);
        } else if (mine.children[slot].page != theirs.children[slot].page &&
                   mine.children[slot].page != erased_of_base) {
            bytes += mine.children[slot].page->memory_bytes(layout_);
        }
    }
    return bytes;
}

}  // namespace brownout::models::cells
