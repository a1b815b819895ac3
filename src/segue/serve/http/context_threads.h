// Threads that run the handlers of an Asio context. Whatever a handler throws, out of memory above all, ends that
// handler and not the process.
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace segue::serve {

class ContextThreads {
 public:
  // `context` outlives it.
  explicit ContextThreads(boost::asio::io_context& context);
  ~ContextThreads() { stop(); }
  ContextThreads(const ContextThreads&) = delete;
  ContextThreads& operator=(const ContextThreads&) = delete;

  // Throws exhausted if the machine cannot start that many.
  void start(std::size_t count);
  // Runs no further handlers, and returns when those that are running have ended.
  void stop();

 private:
  boost::asio::io_context& context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

}  // namespace segue::serve
