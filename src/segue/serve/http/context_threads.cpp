#include "segue/serve/http/context_threads.h"

#include <exception>
#include <system_error>

#include "segue/base/error.h"

namespace segue::serve {

namespace {

void run_all(boost::asio::io_context& context) {
  for (bool is_over = false; !is_over;) {
    try {
      context.run();
      is_over = true;
    } catch (const std::exception&) {  // the next handler may do better
    }
  }
}

}  // namespace

ContextThreads::ContextThreads(boost::asio::io_context& context)
    : context_(context), work_(boost::asio::make_work_guard(context)) {}

void ContextThreads::start(std::size_t count) {
  threads_.reserve(count);
  try {
    while (threads_.size() < count) threads_.emplace_back([this] { run_all(context_); });
  } catch (const std::system_error& error) {
    const std::size_t started = threads_.size();
    stop();
    fail(ErrorCode::exhausted, "expected {} threads, could start only {}: {}", count, started, error.what());
  }
}

void ContextThreads::stop() {
  context_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace segue::serve
