package dev.lander.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Lander's status page in Chromium, and what a reader can see and do there. */
public final class StatusPage implements AutoCloseable {
    private static final String BROWSER = "chromium";
    private static final String DRIVER = "chromedriver";
    private static final By ROWS = By.cssSelector("#table tr.component");

    /** In Chromium's log of the page's requests. */
    private static final Pattern REQUEST =
            Pattern.compile("\"method\":\"Network\\.requestWillBeSent\".*\"request\":\\{.*?\"url\":\"(?<url>[^\"]*)\"");

    private final ChromeDriver driver;
    private final List<String> messages = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    private StatusPage(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts a browser without a window, or skips the test where there is none. */
    public static StatusPage startBrowser() {
        Programs.need(BROWSER, BROWSER, "--version");
        Programs.need(DRIVER, DRIVER, "--version");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(onPath(BROWSER).toFile());
        // Root has no sandbox; containers have little shared memory.
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--window-size=1280,900");
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(onPath(DRIVER).toFile())
                .build();
        return new StatusPage(new ChromeDriver(service, options));
    }

    /** Shows this page, from the beginning. */
    public void open(String address) {
        driver.get("about:blank"); // else a hash alone would load nothing
        forgetLogs();
        driver.get(address);
    }

    /** As by the browser's button. */
    public void reload() {
        driver.navigate().refresh();
    }

    /** The address with its hash. */
    public String address() {
        return driver.getCurrentUrl();
    }

    /** The names of the components in the table, from top to bottom. */
    public List<String> components() {
        return strings("return [...document.querySelectorAll('#table tr.component .c-component .first')]"
                + ".filter(name => name.checkVisibility()).map(name => name.textContent)");
    }

    /** Waits until the table has these components, in this order. */
    public void awaitComponents(String... names) {
        Await.until("the page lists " + List.of(names), () -> components().equals(List.of(names)));
    }

    /** A column's cell in a component's row. */
    public String cell(String component, String column) {
        return strings(
                        "return [...document.querySelectorAll('#table tr.component')]"
                                + ".filter(row => row.querySelector('.c-component .first').textContent === arguments[0])"
                                + ".map(row => row.querySelector('.c-' + arguments[1]).innerText)",
                        component,
                        column)
                .stream()
                .findFirst()
                .orElse("");
    }

    /** Waits until the cell has this text in it. */
    public void awaitCell(String component, String column, String text) {
        Await.until(component + " has the " + column + " " + text, () -> cell(component, column)
                .contains(text));
    }

    /** The events, the newest first. */
    public List<String> events() {
        return strings("return [...document.querySelectorAll('#events li')]"
                + ".map(event => event.innerText.replaceAll(/\\s+/g, ' '))");
    }

    /** Waits until an event has all these texts in it. */
    public void awaitEvent(String... texts) {
        Await.until("an event has " + List.of(texts), () -> events().stream()
                .anyMatch(event -> Stream.of(texts).allMatch(event::contains)));
    }

    /** Whether the element with this id is to be seen. */
    public boolean shows(String id) {
        return driver.findElement(By.id(id)).isDisplayed();
    }

    /** The text of the element with this id. */
    public String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    /** Waits until the element with this id has this text. */
    public void awaitText(String id, String text) {
        Await.until(id + " says " + text, () -> text(id).equals(text));
    }

    /** Types into the filter, after what is there. */
    public void filter(String text) {
        driver.findElement(By.id("filter")).sendKeys(text);
    }

    /** Empties the filter by the key that does it. */
    public void clearFilter() {
        filter(Keys.ESCAPE.toString());
    }

    /** Presses a key, wherever the focus is. */
    public void press(CharSequence key) {
        new Actions(driver).sendKeys(key).perform();
    }

    /** The id of the element that has the focus. */
    public String focus() {
        return Objects.toString(driver.executeScript("return document.activeElement.id"), "");
    }

    /** Presses the heading of a column. */
    public void sortBy(String column) {
        driver.findElement(By.cssSelector("#head .c-" + column + " button")).click();
    }

    /** How the column is sorted, as a screen reader tells it. */
    public String sorted(String column) {
        WebElement head = driver.findElement(By.cssSelector("#head .c-" + column));
        return Objects.toString(head.getDomAttribute("aria-sort"), "");
    }

    /** The newest figure of a chart. */
    public String chartNow(String chart) {
        return driver.findElement(By.cssSelector("[data-chart=" + chart + "] .value"))
                .getText();
    }

    /** Whether the upper half of a chart has any of its line. */
    public boolean chartRises(String chart) {
        return Boolean.TRUE.equals(driver.executeScript("""
                const canvas = document.querySelector(`[data-chart=${arguments[0]}] canvas`);
                const line = getComputedStyle(canvas).getPropertyValue("--line").match(/\\w\\w/g).map(hex => parseInt(hex, 16));
                const copy = new OffscreenCanvas(canvas.width, canvas.height / 2).getContext("2d", {willReadFrequently: true});
                copy.drawImage(canvas, 0, 0);
                const {data} = copy.getImageData(0, 0, copy.canvas.width, copy.canvas.height);
                for (let i = 0; i < data.length; i += 4) {
                    if (data[i + 3] > 128 && line.every((part, j) => Math.abs(data[i + j] - part) < 40)) {
                        return true;
                    }
                }
                return false;""", chart));
    }

    /** Selects a component's name, as by a double click. */
    public void select(String component) {
        driver.executeScript("""
                const name = [...document.querySelectorAll("#table .c-component .first")].find(one => one.textContent === arguments[0]);
                getSelection().selectAllChildren(name);""", component);
    }

    /** What is selected. */
    public String selection() {
        return Objects.toString(driver.executeScript("return getSelection().toString()"), "");
    }

    /** Waits until the page has been updated so often. */
    public void awaitUpdates(int updates) {
        for (int i = 0; i < updates; i++) {
            String before = text("link-time");
            Await.until("it is updated", () -> !text("link-time").equals(before));
        }
    }

    /** Notes which elements the table consists of now. */
    public void markRows() {
        driver.executeScript("document.querySelectorAll('#table tr').forEach(row => row.marked = true)");
    }

    /** How many of the table's rows are those of {@link #markRows}. */
    public long markedRows() {
        Object marked = driver.executeScript(
                "return [...document.querySelectorAll('#table tr')].filter(row => row.marked).length");
        return marked instanceof Long count ? count : 0;
    }

    /** How many rows the table has for components. */
    public int rows() {
        return driver.findElements(ROWS).size();
    }

    /** Makes the window as large as this; returns by how many pixels the page is too wide for it. */
    public long overflow(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", true));
        Object over = driver.executeScript("return document.documentElement.scrollWidth - arguments[0]", width);
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        return over instanceof Long pixels ? pixels : Long.MAX_VALUE;
    }

    /** What the page's scripts and the browser have complained of since {@link #open}. */
    public List<String> complaints() {
        readLogs();
        return List.copyOf(messages);
    }

    /** The addresses that the page has asked for since {@link #open}. */
    public List<String> requests() {
        readLogs();
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        driver.quit();
    }

    private void forgetLogs() {
        readLogs();
        messages.clear();
        requests.clear();
    }

    private void readLogs() {
        for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                messages.add(entry.getMessage());
            }
        }
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            Matcher request = REQUEST.matcher(entry.getMessage());
            if (request.find()) {
                requests.add(request.group("url"));
            }
        }
    }

    private List<String> strings(String script, Object... arguments) {
        List<String> strings = new ArrayList<>();
        if (driver.executeScript(script, arguments) instanceof List<?> found) {
            found.forEach(one -> strings.add(String.valueOf(one)));
        }
        return strings;
    }

    private static Path onPath(String program) {
        return Stream.of(Objects.toString(System.getenv("PATH"), "").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + program));
    }
}
