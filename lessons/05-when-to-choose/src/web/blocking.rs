//! HTTP on sockets that block, for the servers on threads: what hyper does on the
//! runtimes. And how such a server hears of Ctrl-C.

pub mod request;
pub mod response;
pub mod signals;
