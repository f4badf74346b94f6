# make help says what there is. Each target first sees to the programs that it needs: src/build/setup.

# Looked up when used, as the set-up may have just installed them. Not named PYTHON: that is the user's, for src/build/python.
PY = $$(src/build/python || echo python3)
MVN = JAVA_HOME=$$(src/build/jdk) PYTHON=$(PY) mvn -B -ntp
# Unlike Maven's -q, it keeps the compiler's warnings, and any of those ends the build.
QUIET = MAVEN_OPTS="$$MAVEN_OPTS -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"

# Debian keeps the servers that the tests start out of a user's PATH.
export PATH := $(PATH):/usr/sbin:/sbin

SOURCES := pom.xml docs/LICENSE $(shell find src/main -type f)

.PHONY: jar
jar: target/lander.jar ## Build target/lander.jar (this is what plain make does)
	@echo 'Start it with: java -jar target/lander.jar 9988'

target/lander.jar: $(SOURCES) | setup-build
	@echo 'Building $@; the first time, Maven fetches what it needs'
	@$(QUIET) $(MVN) package -Dmaven.test.skip=true
	@touch $@

.PHONY: deb
deb: target/lander.jar | setup-demo ## Make Debian packages: the server with its systemd service, the clients, the Python module
	@JAVA_HOME=$$(src/build/jdk) PYTHON=$(PY) src/build/deb

.PHONY: demo
demo: target/lander.jar | setup-demo ## See it work: a balancer, some components and a few clients
	@PYTHON=$(PY) src/build/demo

.PHONY: test
test: | setup-test ## Run every test, on Java 17 and, where installed, again on Java 25; T=NAME for one class
ifdef T
	$(if $(findstring IT,$(T)),$(MAKE) jar && $(MVN) test-compile failsafe:integration-test failsafe:verify -Dit.test='$(T)',$(MVN) test -Dtest='$(T)')
else
	$(PY) -m unittest discover -s clients/tests
	$(PY) -m unittest discover -s src/bench/tests
	@src/build/jdk 25 >/dev/null || echo 'Java 25 is not installed: the tests run once, on the Java of the build'
	$(MVN) spotless:check verify $$(src/build/jdk 25 | sed 's|.*|-Dlander.second.java=&/bin/java|')
endif

.PHONY: test-languages
test-languages: target/lander.jar | setup-languages ## Components in a dozen languages, each with a msgpack library of its own, and compiled TLS clients
	$(MVN) test-compile failsafe:integration-test failsafe:verify -Dit.test=LanguagesIT,CompiledClientsIT -Dlander.test.without=

.PHONY: test-daemons
test-daemons: target/lander.jar | setup-daemons ## Real servers behind Lander, in network namespaces: the rows of docs/daemons.md
	JAVA_HOME=$$(src/build/jdk) $(PY) -m unittest discover -v -s src/test/daemons

.PHONY: test-cluster
test-cluster: target/lander.jar | setup-test ## Clusters and virtual addresses in network namespaces: cuts, pauses, upgrades, for minutes; W=NAME for one walk
	$(MVN) test-compile failsafe:integration-test failsafe:verify -Dit.test='$(or $(W),*WalkIT,KeepalivedIT)' -Dlander.test.without= \
		-Dmaven.test.redirectTestOutputToFile=false

.PHONY: test-systemd
test-systemd: deb | setup-systemd ## Install the packages under real systemd, in containers with Debian 12 and 13
	$(PY) -m unittest discover -v -s src/test/systemd

.PHONY: soak
soak: target/lander.jar | setup-test ## Honest peers among misbehaving ones for five minutes; SECONDS=N for another time
	$(MVN) test-compile failsafe:integration-test failsafe:verify -Dit.test=SoakIT -Dlander.soak.seconds=$(or $(SECONDS),300)
	@cat target/failsafe-reports/dev.lander.fault.SoakIT-output.txt

.PHONY: fuzz
fuzz: | setup-build ## A million hostile inputs to the control channel; INPUTS=N for another number, SEED=N to repeat a run
	$(MVN) test -Dtest=HostileBytesTest -Dlander.fuzz.inputs=$(or $(INPUTS),1000000) -Dlander.fuzz.seed=$(or $(SEED),$(shell date +%s)) \
		-Dlander.test.seconds=0 -Dmaven.test.redirectTestOutputToFile=false

.PHONY: simulate
simulate: | setup-build ## A whole Lander in a simulated network, 60 s of runs; SEEDS=N for as many, SEED=N for one with its trace
	$(MVN) test -Dtest='SimulationTest#theSeedsOfTheDay*' -Dlander.simulation.shrink=60 -Dlander.simulation.seconds=$(or $(SECONDS),60) \
		$(if $(SEEDS)$(SEED),-Dlander.simulation.seeds=$(or $(SEEDS),1)) $(if $(SEED),-Dlander.simulation.seed=$(SEED)) \
		$(if $(WITHOUT),-Dlander.simulation.without=$(WITHOUT)) $(if $(SERVED),-Dlander.simulation.served=$(SERVED)) \
		-Dmaven.test.redirectTestOutputToFile=false

.PHONY: simulate-coverage
simulate-coverage: | setup-build ## How many lines of the packages relay, registry and control the simulated runs alone reach; SEEDS=N for as many, SEED=N for the first
	@rm -f target/jacoco.exec
	$(MVN) -Pcoverage test jacoco:report -Dtest='SimulationTest#theSeedsOfTheDay*' -Dlander.simulation.seeds=$(or $(SEEDS),1000) \
		$(if $(SEED),-Dlander.simulation.seed=$(SEED)) -Dlander.test.seconds=0 -Dmaven.test.redirectTestOutputToFile=false
	@awk -F, 'NR > 1 { split($$2, room, "."); missed[room[3]] += $$8; reached[room[3]] += $$9 } \
		END { for (one in missed) printf "%s: %.1f %% of %d lines\n", one, \
		100 * reached[one] / (missed[one] + reached[one]), missed[one] + reached[one] }' \
		target/site/jacoco/jacoco.csv | grep -E '^(relay|registry|control):' | sort
	@echo 'By line: target/site/jacoco/index.html'

.PHONY: simulate-mutants
simulate-mutants: | setup-build ## Break Lander in twenty ways, and see the simulation find each; SEEDS=N at most for each, M=NAME for one
	$(MVN) test -Dtest=MutantHunt -Dlander.simulation.mutants=$(or $(SEEDS),10000) $(if $(M),-Dlander.simulation.mutant=$(M)) \
		-Dlander.test.seconds=0 -Dmaven.test.redirectTestOutputToFile=false

.PHONY: simulate-fleet
simulate-fleet: | setup-build ## 100 Landers, 10,000 components that fail in turn: what moves by Maglev's table, modulo and a ring
	$(MVN) test -Dtest=FleetTest -Dlander.fleet.landers=100 -Dlander.fleet.components=10000 -Dlander.fleet.clients=200000 \
		-Dlander.fleet.steps=20 -Dlander.test.seconds=0 -Dmaven.test.redirectTestOutputToFile=false

.PHONY: bench
bench: target/lander.jar | setup-bench ## Measure it beside HAProxy and nginx, in about 15 minutes; HAPROXY=FILE, NGINX=FILE for another program; ROW=NAME for 21 rounds of that row; and AGAINST=REF [MOST=1.02] beside that version
ifdef AGAINST
	@$(PY) -B src/bench/against.py $(MOST:%=--most %) $(ROUNDS:%=--rounds %) '$(ROW)' '$(AGAINST)'
else
	@$(PY) -B src/bench/run.py $(ROW:%=--row %)
endif

.PHONY: bench-quick
bench-quick: target/lander.jar | setup-bench ## The same roughly, in 2 minutes
	@$(PY) -B src/bench/run.py --quick

.PHONY: profile
profile: target/lander.jar | setup-bench ## Flame graphs and system calls per unit of work: WORKLOAD=ROW; PEER=NAME for one alone
	@$(PY) -B src/bench/profiling.py $(or $(WORKLOAD),connections) $(if $(PEER),--peer "$(PEER)")

.PHONY: format
format: | setup-build ## Format the Java code
	@$(QUIET) $(MVN) spotless:apply

.PHONY: clean
clean: ## Remove what was built
	rm -rf target

.PHONY: help
help: ## Show this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

.PHONY: setup-build setup-demo setup-test setup-languages setup-daemons setup-bench setup-systemd
setup-build setup-demo setup-test setup-languages setup-daemons setup-bench setup-systemd: setup-%:
	@src/build/setup $*
