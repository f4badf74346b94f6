package dev.lander.kernel;

import com.sun.jna.Native;
import java.nio.channels.SocketChannel;

/** Linux' own, where addresses have 64 bits. Loading this class loads JNA's native library. */
final class LinuxPipeCalls implements PipeCalls {
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int SPLICE_F_MOVE = 1;
    private static final int SPLICE_F_NONBLOCK = 2;

    /** In place of an offset: neither pipes nor sockets have one. */
    private static final long NULL = 0;

    /** The C library's functions. */
    private static final class C {
        static {
            CLibrary.bind(C.class);
        }

        static native int pipe2(int[] ends, int flags);

        static native int fcntl(int descriptor, int command, int argument);

        static native long splice(int from, long fromOffset, int to, long toOffset, long most, int flags);

        static native int close(int descriptor);
    }

    /** @throws LinkageError when JNA or the C library does not have what is needed */
    LinuxPipeCalls() {
        if (Native.POINTER_SIZE != Long.BYTES) {
            throw new UnsatisfiedLinkError("addresses have " + Native.POINTER_SIZE + " bytes");
        }
        SocketDescriptors.load();
        C.close(-1); // loads it now, and closes nothing
    }

    @Override
    public int descriptorOf(SocketChannel channel) {
        return SocketDescriptors.of(channel);
    }

    @Override
    public int pipe(int[] ends) {
        return result(C.pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    }

    @Override
    public int setSize(int end, int bytes) {
        return result(C.fcntl(end, F_SETPIPE_SZ, bytes));
    }

    /** Without SPLICE_F_MORE, for which the last bytes would wait for more. */
    @Override
    public int splice(int from, int to, int most) {
        return result(C.splice(from, NULL, to, NULL, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
    }

    @Override
    public void close(int descriptor) {
        C.close(descriptor);
    }

    /** JNA keeps a call's error for the thread that has made it. */
    private static int result(long returned) {
        return returned < 0 ? -Native.getLastError() : (int) returned;
    }
}
