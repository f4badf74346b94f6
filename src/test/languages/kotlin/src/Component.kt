// Kotlin with jackson-dataformat-msgpack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
import com.fasterxml.jackson.annotation.JsonProperty
import com.fasterxml.jackson.module.kotlin.registerKotlinModule
import java.net.Socket
import kotlin.system.exitProcess
import org.msgpack.jackson.dataformat.MessagePackMapper

data class Register(val cmd: String, val protocol: String, val port: Int, @JsonProperty("relay_port") val relayPort: Int)

data class HealthCheck(val cmd: String, val protocol: String, val port: Int, val state: String)

fun main(ports: Array<String>) {
    val (controlPort, port, relayPort) = ports.map { it.toInt() }
    val control = Socket("127.0.0.1", controlPort)
    val mapper = MessagePackMapper().registerKotlinModule()
    fun send(message: Any) = control.getOutputStream().write(mapper.writeValueAsBytes(message))
    // Lander writes each message by itself.
    fun read(): Map<*, *> {
        val received = ByteArray(65536)
        val count = control.getInputStream().read(received)
        if (count < 0) exitProcess(0)
        return mapper.readValue(received, 0, count, Map::class.java)
    }

    send(Register("register", "tcp", port, 70000))
    println("refused: ${read()["message"]}")
    send(Register("register", "tcp", port, relayPort))
    println("registered: ${read()["error"]}")
    while (true) {
        val state = read()["state"] ?: continue // a reply
        println("asked: $state")
        send(HealthCheck("healthcheck", "tcp", relayPort, "good"))
    }
}
