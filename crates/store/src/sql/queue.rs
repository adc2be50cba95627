//! What waits for the writer (待办队列): jobs in the order in which they came, some of them taken from the channel ahead of their turn, so that what a
//! group will ask the database for can be asked at once.

use super::writer::Job;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError};

pub(super) struct Queue<'j> {
    ahead: VecDeque<Job>,
    /// None where nobody else is asked.
    jobs: Option<&'j Receiver<Job>>,
    /// See [`Queue::is_new`].
    is_new: bool,
}

impl<'j> Queue<'j> {
    pub(super) fn new(jobs: &'j Receiver<Job>) -> Self {
        Queue { ahead: VecDeque::new(), jobs: Some(jobs), is_new: true }
    }

    /// A queue of nobody.
    pub(super) fn empty() -> Self {
        Queue { ahead: VecDeque::new(), jobs: None, is_new: true }
    }

    /// Waits for the next job; `None` once nobody is left to ask.
    pub(super) fn wait(&mut self) -> Option<Job> {
        self.ahead.pop_front().or_else(|| self.jobs?.recv().ok())
    }

    /// The next job, if one waits.
    pub(super) fn next(&mut self) -> Option<Job> {
        self.is_new = self.ahead.is_empty();
        self.ahead.pop_front().or_else(|| self.arrived())
    }

    /// Those that wait, up to so many, without taking them.
    pub(super) fn look_ahead(&mut self, most: usize) -> impl Iterator<Item = &Job> + Clone {
        while self.ahead.len() < most {
            let Some(job) = self.arrived() else { break };
            self.ahead.push_back(job);
        }
        self.ahead.iter()
    }

    /// Whether the job that came last had not been looked at ahead.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    fn arrived(&self) -> Option<Job> {
        match self.jobs?.try_recv() {
            Ok(job) => Some(job),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Job::Stop),
        }
    }
}
