package dev.lander.host;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** The JVM's heap, which it makes as large as befits the machine: far more than relays need. */
public final class Heap {
    /** In bytes: a heap after the start that was collected has less, one that was not has more. */
    private static final long SMALL = 64L * 1024 * 1024;

    private Heap() {}

    /**
     * Collects what the start has left, so that the heap becomes small, and lets it grow in small steps only. The
     * process stands still for some ten milliseconds.
     *
     * @return whether the heap is small now: the JVM leaves a collection out that meets a thread in some native code,
     *     as in the reading of classes
     */
    public static boolean shrink() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        machine.setVMOption("MinHeapFreeRatio", "10"); // in percent
        machine.setVMOption("MaxHeapFreeRatio", "20");
        System.gc();
        return Runtime.getRuntime().totalMemory() <= SMALL;
    }
}
