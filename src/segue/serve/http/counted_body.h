// The body of a request as Beast reads it: a text that grows as bytes arrive, each of them counted against a budget.
//
// Beast's own string_body makes room for the whole Content-Length at once, whatever arrives. For connection.cpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <boost/system/error_code.hpp>

#include "segue/serve/http/byte_budget.h"

namespace segue::serve {

struct CountedBody {
  struct value_type {
    std::string text;
    ByteLease* lease = nullptr;  // REQUIRES: set before the body is read
  };

  // Fails with not_enough_memory if the budget, or the machine, has no room for more.
  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(boost::beast::http::header<kIsRequest, Fields>& /*head*/, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& /*length*/, boost::system::error_code& error) { error = {}; }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      const std::size_t more = boost::asio::buffer_size(buffers);
      error = {};
      if (!make_room(more)) {
        error = boost::system::errc::make_error_code(boost::system::errc::not_enough_memory);
        return 0;
      }
      for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
        body_.text.append(static_cast<const char*>(buffer.data()), buffer.size());
      }
      return more;
    }

    void finish(boost::system::error_code& error) { error = {}; }

   private:
    bool make_room(std::size_t more) {
      const std::size_t wanted = body_.text.size() + more;
      if (wanted <= body_.text.capacity()) return true;
      const std::size_t room = std::max(wanted, 2 * body_.text.capacity());
      if (!body_.lease->hold(room)) return false;
      try {
        body_.text.reserve(room);
      } catch (const std::bad_alloc&) {
        return false;
      }
      return true;
    }

    value_type& body_;
  };
};

}  // namespace segue::serve
