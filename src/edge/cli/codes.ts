/** Every code kybern gives, explained: what happened, why, what to do. A test keeps this list complete. */

export interface Explanation {
  readonly what: string
  readonly why: string
  readonly todo: string
}

function says(what: string, why: string, todo: string): Explanation {
  return { what, why, todo }
}

export const codes: Readonly<Record<string, Explanation>> = {
  'KYB-ACTOR-NONE': says(
    'there is no such actor',
    'only objects with a life of their own, nodes, controllers, the scheduler and the kubelets have one',
    'look up the names with cluster.list(kind); a deleted object has no actor any more',
  ),
  'KYB-AGENT': says(
    'two controllers have the same name',
    'a controller is known by its name, and its memory is kept under it',
    'give yours a name of its own; Kubernetes controllers have theirs already',
  ),
  'KYB-ARBITRARY': says(
    'there is nothing of that sort to draw at random',
    'objects are drawn for kinds that users create, operations by their names, numbers from ranges that hold some',
    'arbitrary.kinds lists the kinds; the message says what was asked for',
  ),
  'KYB-AUDIT': says(
    'a line is no event of an audit log',
    'an audit log has one Event of audit.k8s.io/v1 in JSON a line; a log that was cut may end in the middle of one',
    'take the line out, or record again with --audit-log-format=json',
  ),
  'KYB-CLOCK': says(
    'time was to follow the wall, but nobody gave the cluster a clock',
    'the core never looks at a clock by itself',
    "import createCluster from 'kybern', which brings one, or pass options.clock",
  ),
  'KYB-CLOSED': says(
    'the cluster is closed',
    'close() ended its clock and its streams; nothing moves it any more',
    'create a new cluster, or close it later',
  ),
  'KYB-CODE': says(
    'there is no such code',
    'it is misspelt, or it belongs to another version of kybern',
    'kybern explain, without a code, lists them all',
  ),
  'KYB-COMMAND': says(
    'the command of `kybern run` could not be started',
    'it is not on the PATH, or it may not be executed',
    'check the spelling; shell syntax needs a shell: kybern run -- bash -c "…"',
  ),
  'KYB-CONTAINER': says(
    'there is no such container',
    'the pod has none of this name, or has several and none was named',
    'name one of the containers in the pod’s spec',
  ),
  'KYB-CONTROL': says(
    'the cluster knows no such request',
    'command and cluster may be of different versions of kybern',
    'end the cluster with `kybern down` and bring it up again',
  ),
  'KYB-CONTROLLER-NAME': says(
    'a controller’s name is not a lowercase word',
    'names of controllers are part of actor ids and of back-off keys',
    'use letters, digits and dashes, beginning with a letter',
  ),
  'KYB-COUNTEREXAMPLE': says(
    'this file is no counterexample',
    'it is of another kind or version, or was changed by hand; the message names the part',
    'open a file as kybern/testing writes it',
  ),
  'KYB-DETACH': says(
    'the detached cluster ended before it was up',
    'its process was killed, or broke',
    'run `kybern up` without --detach and read what it says',
  ),
  'KYB-DURATION': says(
    'that is no duration',
    'time goes forward, by a number with a unit',
    'write 90s, 10m, 1h30m, 24h; in a program a number is milliseconds',
  ),
  'KYB-EXEC': says(
    'the command cannot be run in that container',
    'containers are simulated: they know a few commands only, and only while they run',
    'see which pod is running and which commands the simulated image understands',
  ),
  'KYB-EXPECT': says(
    'the matcher takes something else',
    'some matchers wait on a cluster, some on one object of it',
    'write expect(cluster) or expect(on(cluster, kind, name)); the message says which',
  ),
  'KYB-EXPLORE': says(
    'this cannot be explored',
    'explorations begin with a quiet cluster, in a mode there is, and check.controller needs a sample of the kind',
    'the message says what is wrong; settle the cluster first, or give { samples: [object] }',
  ),
  'KYB-FAULT': says(
    'there is no such fault, or nobody it could befall',
    'faults name a node or a controller of this cluster',
    'kill, silence and restore take a node, crash and restart a controller; kubectl get nodes lists nodes',
  ),
  'KYB-FIELD': says(
    'a field selector names a field that cannot be selected by',
    'each kind has few such fields, as in Kubernetes; metadata.name is always one',
    'select by a label instead, or filter the list yourself',
  ),
  'KYB-FILE': says(
    'a manifest or a module cannot be read',
    'the file is not there, may not be read by you, or is a module whose imports or language Node does not know',
    'check the path; after -f, - reads standard input; modules in TypeScript need Node 22.18 or tsx',
  ),
  'KYB-FORK-BUSY': says(
    'a cluster was to be forked in the middle of a delivery',
    'between a transition and the news of it there is no moment to fork from',
    'fork after the call that is running, not inside a subscriber',
  ),
  'KYB-HISTORY': says('this is no length of history', 'the log keeps one change or more', 'use a number such as 20000'),
  'KYB-HOME': says(
    'the folder .kybern cannot be written',
    'kubeconfig and address of the cluster are kept there',
    'go to a directory that is yours',
  ),
  'KYB-HOST': says(
    'the address to listen on is not this machine’s',
    'a server can listen on its own addresses only',
    'use 127.0.0.1, or 0.0.0.0 for all of them',
  ),
  'KYB-IDLE': says(
    'time waits for operators outside the process, and they are not idle or not done',
    'serve(cluster, { idle: {} }) moves virtual time only while no request is under way and none came for a moment',
    'see who still asks or waits in the message; give more time, or leave clients out by idle.client',
  ),
  'KYB-INSPECT-ASK': says(
    'the inspector was asked for something that is not there',
    'the message names it: an object, an actor, a machine, a question',
    'look at what there is now; what was removed is asked for by its uid',
  ),
  'KYB-INSPECT-CLUSTER': says(
    'the session of the inspector has no such cluster',
    'it was closed, or the page is of another session',
    'choose one of those the message names',
  ),
  'KYB-INSPECT-GONE': says(
    'the session of the inspector has ended',
    'the cluster was closed, its process ended, or the connection broke',
    'start the cluster again and open the address it prints',
  ),
  'KYB-INSPECT-MANY': says(
    'the session of the inspector has too many clusters',
    'every fork is a whole cluster',
    'close one that is not needed',
  ),
  'KYB-INSPECT-OFF': says(
    'there is no inspector',
    'the cluster was started with --no-inspector',
    'kybern down, then kybern up',
  ),
  'KYB-INSPECT-PAGE': says(
    'the inspector has no page to show',
    'kybern runs from its sources and the page was not built',
    'npm run build:page builds it; the session itself works without',
  ),
  'KYB-INSPECT-PAGES': says(
    'too many pages are connected to the inspector',
    'a page that stays open keeps its connection',
    'close one of them and load this one again',
  ),
  'KYB-INSPECT-PAST': says(
    'the moment is not kept',
    'the inspector keeps a bounded stretch of history, and there is nothing after the newest revision',
    'ask for one between the revisions the message names',
  ),
  'KYB-INSPECT-TIME': says(
    'the time of this cluster cannot be stopped or stepped',
    'it follows the wall clock',
    'fork it: the fork’s time is virtual; or start with kybern up --time virtual',
  ),
  'KYB-INSPECT-UNRECORDED': says(
    'the run cannot be saved, repeated or copied as a test',
    'the inspector came to the cluster when things had been done already, or more was done than it records',
    'watch the cluster from its creation on, as kybern up does',
  ),
  'KYB-INSPECT-UNSAVABLE': says(
    'the run cannot be saved as a file',
    'the cluster was made with code of its program: controllers, kinds, images or webhooks',
    'keep the run as a test beside that code',
  ),
  'KYB-INSPECT-VERSION': says(
    'the page and kybern are of different versions',
    'the page was loaded before kybern was updated',
    'load the page again',
  ),
  'KYB-MODULE': says(
    'a module exports nothing that can be explored',
    'kybern explore looks for values that exploration() made, or for exports named scenario and properties',
    "export const it = exploration(scenario(…), always(…), { … }) with the words of 'kybern/testing'",
  ),
  'KYB-PROPERTY': says(
    'a property does not hold',
    'the exploration found a run that breaks it; the message is its story',
    'read the chosen steps; replay the log, or open the counterexample in the inspector',
  ),
  'KYB-REPLAY': says(
    'the run cannot be played again',
    'a log belongs to one scenario, a file names the controllers it needs, and a controller that is no function of what it sees acts otherwise the second time',
    'use the scenario of the log; bring the controllers with --use; take clocks and randomness out of the controller',
  ),
  'KYB-RUN-FILE': says(
    'the file is no run',
    'it is not JSON that kybern saved, or of a later version of it',
    'save the run again in the inspector',
  ),
  'KYB-IMPORT': says(
    'the objects of another cluster cannot be taken over as they are',
    'a kind is unknown, an object is refused by its schema or there twice, or pods run on nodes that are not given',
    'kubectl get -A -o yaml of every kind, nodes and CustomResourceDefinitions too; leaveOut names kinds to do without',
  ),
  'KYB-INTERNAL': says('kybern broke', 'this is a fault of kybern', 'report it with the seed and what was asked'),
  'KYB-KIND': says(
    'the cluster serves no such kind',
    'it is misspelt, of another version, or not built',
    'kubectl api-resources lists what is served; own kinds come in by cluster.use(defineKind({ … }))',
  ),
  'KYB-KIND-NAME': says('a kind has no name', 'kind and plural must not be empty', 'give defineKind both'),
  'KYB-KUBECONFIG': says(
    'your kubeconfig cannot be read or written',
    '--merge changes it only when it is understood',
    'repair it, or leave out --merge and use .kybern/kubeconfig',
  ),
  'KYB-LIVELOCK': says(
    'work made more work without end at one moment',
    'two controllers undo each other’s writes, or one answers to its own',
    'look at cluster.transition$ for the objects that change again and again',
  ),
  'KYB-MACHINE': says('there is no such machine', 'it is misspelt', 'kybern machines lists them'),
  'KYB-MACHINE-UNKNOWN': says(
    'an actor was to be made from a machine that is not there',
    'a kind names a life that machines/index.ts does not list',
    'list the machine there, or name another one',
  ),
  'KYB-MANIFEST': says(
    'a manifest is no object of a kind',
    'every document needs apiVersion and kind',
    'complete it; a comment alone between --- lines is fine',
  ),
  'KYB-NESTED': says(
    'time cannot be moved now',
    'settle, advance or until was called by a subscriber, an inspector or a reconcile while a change was being told',
    'call it after an await, when the call that made the change has returned',
  ),
  'KYB-NETWORK': says(
    'nobody answered inside the simulated network',
    'the name does not resolve, no endpoint is ready, or nothing listens on that port',
    'see kubectl get services and endpointslices; a pod must be ready to be sent anything',
  ),
  'KYB-NODES': says(
    'that is no set of nodes',
    'nodes are a number, or a list of specs with names that differ',
    'say nodes: 3, or nodes: [{ name: "a" }, { name: "b" }]',
  ),
  'KYB-NOT-RUNNING': says(
    'no cluster runs here',
    'clusters belong to the directory they were started in; kybern never talks to any other',
    'kybern up starts one',
  ),
  'KYB-OWNER': says(
    'an object cannot be owned like that',
    'an owner must exist and have a uid, and an object has one controller at most',
    'create the owner first and pass the object the cluster answered',
  ),
  'KYB-PACKAGE': says('kybern is not installed completely', 'files of the package are missing', 'install it again'),
  'KYB-PORT': says(
    'the port cannot be listened on',
    'another program has it, or it is below 1024',
    'choose another with --port, or --port 0 for any free one',
  ),
  'KYB-PROTOBUF': says(
    'bytes are not the protobuf of a Kubernetes object, or an object has no protobuf form',
    'they are cut off, of an unknown kind, or a field is outside the range of its type',
    'send JSON instead: every answer and every request has a JSON form',
  ),
  'KYB-REFUSED': says(
    'the API server refused an object',
    'the message is Kubernetes’ own and says which field',
    'correct the manifest',
  ),
  'KYB-RUNNING': says(
    'a cluster runs in this directory already',
    'a directory has one cluster: its kubeconfig would be overwritten',
    'use it, end it with `kybern down`, or start the other one in another directory',
  ),
  'KYB-SCHEMA-UNKNOWN': says(
    'a kind names a schema that is not in the table',
    'built-in schemas are named by their OpenAPI definition',
    'correct the name, or give a kind of your own no built-in schema',
  ),
  'KYB-SCRIPT': says(
    'a simulated container’s script cannot be read',
    'scripts are lines of few words',
    'the message names line and word; see the header of src/node/simulated',
  ),
  'KYB-SEED': says('this is no seed', 'a seed is an integer', 'use a number such as 7'),
  'KYB-SHELL': says(
    'there is no completion for that shell',
    'bash, zsh and fish are known',
    'kybern completion bash, zsh or fish',
  ),
  'KYB-START': says(
    'the start time is no time',
    'it is RFC 3339 text, a Date, or milliseconds since 1970',
    'write 2026-01-01T00:00:00Z',
  ),
  'KYB-SIGNER': says(
    'a request for a certificate was approved and nobody signs it',
    'a handler of its own has no authority; only serve() runs the errands of signing',
    'use serve(), or runErrands() with a signer of yours',
  ),
  'KYB-TIME': says(
    'time cannot pass like that',
    'there are virtual, real, eager, and a pace such as 60x',
    'choose one of them',
  ),
  'KYB-TIMER': says(
    'somebody asked to be woken at no time',
    'the time of a wake is ms on the cluster clock: a finite number',
    'use view.now plus a number of ms',
  ),
  'KYB-TWISE': says(
    'parameters cannot be combined like this',
    'every parameter needs values, and no more of them can meet than there are',
    'name values for each; 2 or 3 at a time find most faults',
  ),
  'KYB-UNREACHABLE': says(
    'the cluster does not answer',
    'its process ended, or another program has its port now',
    'kybern down removes what it left; kybern up starts a new one',
  ),
  'KYB-UNSETTLED': says(
    'the cluster did not come to rest',
    'somebody is busy for longer than the time allowed: a crash loop, a rollout that cannot finish',
    'the message names who; look at it with kubectl describe, or settle({ within }) for longer',
  ),
  'KYB-TOKENS': says(
    'a token was asked for and there is no key to sign it with',
    'a handler made without tokens has no key; only serve() makes one by itself',
    'pass tokens: createTokens({ cluster, signer }) to createHandler, or use serve()',
  ),
  'KYB-UNTIL': says(
    'the condition did not come true',
    'the cluster’s clock reached the end of the time allowed first',
    'look at the objects as they are now; allow more with { within: "30m" }',
  ),
  'KYB-USAGE': says('these words are no command', 'see the message', 'kybern --help, or kybern COMMAND --help'),
  'KYB-USE': says(
    'this is neither a controller nor a kind',
    'a cluster is given values made by controller() and defineKind()',
    'pass those; several at once are fine',
  ),
  'KYB-AGGREGATION': says(
    'an APIService leads to an address that is no simulated pod',
    'requests to aggregated API servers go through the simulated network; other addresses are not dialled',
    'run the API server in a pod whose image has a `serve` function',
  ),
  'KYB-WEBHOOK': says(
    'a webhook must be asked and there is no way to it',
    'an embedded cluster opens no sockets by itself; webhooks are reached through a function or through the server',
    'register a function for the webhook, or serve the cluster so that it is called over HTTPS',
  ),
  'KYB-WORKER': says(
    'a thread of an exploration ended early',
    'each thread loads the module by itself and makes its share of the runs; this one was ended, or ran out of memory',
    'run it again with --workers 1, where the error shows; fewer --runs or a shorter --budget need less memory',
  ),
  'KYB-YAML': says(
    'text is no YAML',
    'the message names line and column',
    'tabs do not indent, and a value with ": " in it needs quotes',
  ),
}
