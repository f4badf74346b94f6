package dev.lander.cluster;

/** How a component answers the health checks of a Lander that holds it. */
enum Hearing {
    /** It never has, and so is not judged by it. */
    UNCHECKED,
    HEARD,
    SILENT
}
