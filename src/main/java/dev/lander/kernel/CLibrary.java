package dev.lander.kernel;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The C library of this process, by JNA. */
public final class CLibrary {
    private CLibrary() {}

    /**
     * Lets the class's native methods be the C library's functions of the same names.
     *
     * @throws LinkageError when JNA's own native library cannot be loaded, or there is no such function
     */
    public static void bind(Class<?> natives) {
        // Else JNA starts a program to ask for library folders; the C library is here already.
        System.setProperty("jna.platform.library.path", "");
        System.setProperty("jna.nosys", "true");
        // Else it unpacks itself into the home folder, which a service does not have.
        System.setProperty("jna.tmpdir", System.getProperty("java.io.tmpdir"));
        Native.register(natives, NativeLibrary.getProcess());
    }
}
