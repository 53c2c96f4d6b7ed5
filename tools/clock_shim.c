/* Another clock for a process: loaded by LD_PRELOAD, moves the calendar time by ISP_CLOCK_OFFSET
 * seconds and leaves alone what counts seconds (the monotonic clock, sleeps, time limits).
 * Debian's libfaketime 0.9.10 moves or breaks those: Python's sleep fails under it, or waits of
 * threads never end. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long offset(void)
{
    static long seconds;
    static int known;
    if (!known) {
        const char *text = getenv("ISP_CLOCK_OFFSET");
        seconds = text ? atol(text) : 0;
        known = 1;
    }
    return seconds;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(clock_gettime);
    int result = real(clock, now);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += offset();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    REAL(gettimeofday);
    int result = real(now, zone);
    if (!result)
        now->tv_sec += offset();
    return result;
}

time_t time(time_t *place)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place)
        *place = now.tv_sec;
    return now.tv_sec;
}

/* deadlines of these are moments of the calendar: the kernel knows the real one */
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict moment)
{
    REAL(sem_timedwait);
    struct timespec until = *moment;
    until.tv_sec -= offset();
    return real(semaphore, &until);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict moment)
{
    REAL(pthread_mutex_timedlock);
    struct timespec until = *moment;
    until.tv_sec -= offset();
    return real(mutex, &until);
}
