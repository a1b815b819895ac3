#include "segue/transitions/coded_list.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "segue/base/error.h"

namespace segue::transitions {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kLongestRecord = 16;
constexpr std::size_t kRead = 4;  // bytes behind the start of a number that are read, whatever its length
constexpr std::size_t kMostSizeBytes = 5;
constexpr std::uint32_t kFloat = 3;  // the code of a weight stored as it is
constexpr double kUnit = 1.0 / kWeightUnits;
constexpr std::uint32_t kSimplePairs = 4;  // no simple weight is a sum of more
constexpr std::uint32_t kNearest = 10;     // pairs at most this far apart make simple weights

constexpr std::array<std::uint8_t, 4> kNumberBytes = {0, 1, 2, 4};
constexpr std::array<std::uint32_t, 5> kMasks = {0, 0xFF, 0xFFFF, 0xFF'FFFF, 0xFFFF'FFFF};

// What a control byte says: where the numbers of its record lie, and which bits of four bytes they are.
struct Control {
  std::uint8_t forward_at, backward_at, count_at, length;
  std::uint8_t forward_code, backward_code;
  std::uint32_t gap, forward, backward, count;
  std::uint32_t least_count;  // 1 if the count takes no byte
};

constexpr std::array<Control, 256> make_controls() {
  std::array<Control, 256> controls{};
  for (std::uint32_t c = 0; c < controls.size(); ++c) {
    const std::uint8_t gap = (c & 3) + 1;
    const std::uint8_t forward = kNumberBytes[(c >> 2) & 3];
    const std::uint8_t backward = kNumberBytes[(c >> 4) & 3];
    const std::uint8_t count = kNumberBytes[c >> 6];
    Control& control = controls[c];
    control.forward_at = gap;
    control.backward_at = static_cast<std::uint8_t>(gap + forward);
    control.count_at = static_cast<std::uint8_t>(control.backward_at + backward);
    control.length = static_cast<std::uint8_t>(control.count_at + count);
    control.forward_code = (c >> 2) & 3;
    control.backward_code = (c >> 4) & 3;
    control.gap = kMasks[gap];
    control.forward = kMasks[forward];
    control.backward = kMasks[backward];
    control.count = kMasks[count];
    control.least_count = count == 0 ? 1 : 0;
  }
  return controls;
}
constexpr std::array<Control, 256> kControls = make_controls();

// Units -> place in simple_weights(), or kNotSimple.
constexpr std::uint16_t kNotSimple = 0xFFFF;
constexpr std::size_t kMostSimple = std::size_t{kSimplePairs} * kWeightUnits;
struct SimpleWeights {
  std::array<std::uint16_t, 256> units{};
  std::vector<std::uint16_t> places = std::vector<std::uint16_t>(kMostSimple + 1, kNotSimple);

  SimpleWeights() {
    std::size_t known = 0;
    const auto add = [&](std::size_t sum) {
      if (known == units.size() || places[sum] != kNotSimple) return;
      places[sum] = static_cast<std::uint16_t>(known);
      units[known++] = static_cast<std::uint16_t>(sum);
    };
    std::vector<char> sums(kMostSimple + 1);  // of as many pairs as were added so far
    sums[0] = 1;
    add(0);
    for (std::uint32_t pairs = 1; pairs <= kSimplePairs; ++pairs) {
      std::vector<char> longer(sums.size());
      for (std::size_t sum = 0; sum < sums.size(); ++sum) {
        for (std::uint32_t distance = 1; sums[sum] != 0 && distance <= kNearest; ++distance) {
          longer[sum + kWeightUnits / distance] = 1;
        }
      }
      sums.swap(longer);
      for (std::size_t sum = 0; sum < sums.size(); ++sum) {
        if (sums[sum] != 0) add(sum);
      }
    }
    SEGUE_ASSERT(known == units.size());
  }
};

const SimpleWeights& simple() {
  static const SimpleWeights weights;
  return weights;
}

// The division's result is never so close to the middle between two floats that rounding twice changes it.
float weight_of(std::uint32_t units) {
  return static_cast<float>(units * kUnit);
}

// What is stored of a number: its code in the control byte and its bytes.
struct Stored {
  std::uint32_t code = 0;
  std::uint32_t value = 0;
};

Stored store_weight(float weight) {
  if (weight == 0) return {0, 0};
  const double units = static_cast<double>(weight) * kWeightUnits + 0.5;
  if (units > 0 && units < 0x1p16) {
    const auto whole = static_cast<std::uint32_t>(units);
    if (weight_of(whole) == weight) {
      const std::uint16_t place = whole <= kMostSimple ? simple().places[whole] : kNotSimple;
      return place != kNotSimple ? Stored{1, place} : Stored{2, whole};
    }
  }
  return {kFloat, std::bit_cast<std::uint32_t>(weight)};
}

Stored store_count(std::uint32_t count) {
  if (count == 1) return {0, 0};
  return {count <= 0xFF ? 1U : count <= 0xFFFF ? 2U : 3U, count};
}

Stored store_gap(std::uint32_t gap) {
  return {gap <= 0xFF ? 0U : gap <= 0xFFFF ? 1U : gap <= 0xFF'FFFF ? 2U : 3U, gap};
}

// Writes four bytes of which the first `length` count. Returns what follows these.
std::uint8_t* put(std::uint8_t* to, std::uint32_t value, std::size_t length) {
  std::memcpy(to, &value, sizeof value);
  return to + length;
}

// Walks the records of a list.
class Records {
 public:
  Records(std::span<const std::uint8_t> controls, std::span<const std::uint8_t> records)
      : control_(controls.data()), at_(records.data()), end_(records.data() + records.size()) {}

  // REQUIRES: called at most as often as there are control bytes.
  Transition next() {
    const Control& control = kControls[*control_++];
    if (end_ - at_ < static_cast<std::ptrdiff_t>(kLongestRecord + kRead)) [[unlikely]]
      copy_tail();
    const std::uint8_t* const at = std::exchange(at_, at_ + control.length);
    row_ += load(at) & control.gap;
    return {.neighbour = row_,
            .forward = weight(control.forward_code, load(at + control.forward_at) & control.forward),
            .backward = weight(control.backward_code, load(at + control.backward_at) & control.backward),
            .count = (load(at + control.count_at) & control.count) | control.least_count};
  }
  // Every byte was read, and none behind the last.
  bool at_end() const { return at_ == end_ && !overrun_; }

 private:
  static std::uint32_t load(const std::uint8_t* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  float weight(std::uint32_t code, std::uint32_t value) const {
    if (code == kFloat) [[unlikely]]
      return std::bit_cast<float>(value);
    return weight_of(code == 2 ? value : simple_[value & 0xFF]);
  }

  // A record is read as if it were the longest: the last ones from a copy with zeros behind it.
  void copy_tail() {
    overrun_ = overrun_ || at_ > end_;
    const std::size_t left = overrun_ ? 0 : static_cast<std::size_t>(end_ - at_);
    Tail copy{};
    std::copy_n(at_, left, copy.data());
    tail_ = copy;
    at_ = tail_.data();
    end_ = tail_.data() + left;
  }

  using Tail = std::array<std::uint8_t, 2 * (kLongestRecord + kRead)>;

  const std::uint8_t* control_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::uint32_t row_ = 0;
  bool overrun_ = false;
  const std::uint16_t* const simple_ = simple_weights().data();
  Tail tail_{};
};

}  // namespace

const std::array<std::uint16_t, 256>& simple_weights() {
  return simple().units;
}

std::vector<std::uint8_t> encode(const TransitionsOf& list) {
  const std::size_t size = list.neighbours.size();
  SEGUE_ASSERT(list.forward.size() == size && list.backward.size() == size && list.counts.size() == size);
  if (size == 0) return {};
  std::vector<std::uint8_t> bytes(kMostSizeBytes + size * (1 + kLongestRecord) + kRead);
  std::uint8_t* control = bytes.data();
  std::size_t left = size;
  for (; left >= 0x80; left >>= 7) *control++ = static_cast<std::uint8_t>(left | 0x80);
  *control++ = static_cast<std::uint8_t>(left);
  std::uint8_t* at = control + size;
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < size; ++i) {
    SEGUE_ASSERT(i == 0 || list.neighbours[i] > before);
    const Stored gap = store_gap(list.neighbours[i] - before);
    const Stored forward = store_weight(list.forward[i]);
    const Stored backward = store_weight(list.backward[i]);
    const Stored count = store_count(list.counts[i]);
    before = list.neighbours[i];
    *control++ = static_cast<std::uint8_t>(gap.code | forward.code << 2 | backward.code << 4 | count.code << 6);
    at = put(at, gap.value, gap.code + 1);
    for (const Stored& number : {forward, backward, count}) at = put(at, number.value, kNumberBytes[number.code]);
  }
  bytes.resize(static_cast<std::size_t>(at - bytes.data()));
  return bytes;
}

CodedList::CodedList(std::span<const std::uint8_t> bytes) {
  std::size_t size = 0;
  std::size_t at = 0;
  bool more = !bytes.empty();
  for (; more && at < std::min(bytes.size(), kMostSizeBytes); ++at) {
    size |= std::size_t{bytes[at] & 0x7FU} << (7 * at);
    more = (bytes[at] & 0x80) != 0;
  }
  const std::span<const std::uint8_t> rest = bytes.subspan(at);
  has_size_ = !more && size <= rest.size();
  controls_ = rest.first(std::min(size, rest.size()));
  records_ = rest.subspan(controls_.size());
}

TransitionsOf CodedList::decode() const {
  TransitionsOf list;
  list.neighbours.resize(size());
  list.forward.resize(size());
  list.backward.resize(size());
  list.counts.resize(size());
  Records records(controls_, records_);
  for (std::size_t i = 0; i < size(); ++i) {
    const Transition transition = records.next();
    list.neighbours[i] = transition.neighbour;
    list.forward[i] = transition.forward;
    list.backward[i] = transition.backward;
    list.counts[i] = transition.count;
  }
  return list;
}

std::optional<Transition> CodedList::find(std::uint32_t neighbour) const {
  Records records(controls_, records_);
  for (std::size_t i = 0; i < size(); ++i) {
    const Transition transition = records.next();
    if (transition.neighbour < neighbour) continue;
    return transition.neighbour == neighbour ? std::optional(transition) : std::nullopt;
  }
  return std::nullopt;
}

bool CodedList::is_sound() const {
  Records records(controls_, records_);
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    const std::uint32_t neighbour = records.next().neighbour;
    if (i > 0 && neighbour <= before) return false;
    before = neighbour;
  }
  return has_size_ && records.at_end();
}

}  // namespace segue::transitions
