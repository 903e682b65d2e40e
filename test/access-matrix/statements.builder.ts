import { Client } from 'pg';
import type { FlowStack } from '../flows/stack.builder.js';

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

/**
 * Every statement that PostgreSQL runs for the API, those inside functions and policies too: auto_explain tells each
 * session what it has run, and this listens on the connections of this process. Values are no part of it.
 */
export class StatementsRun {
  readonly #emit: Emit = Client.prototype.emit as Emit;
  #heard: string[] = [];

  private constructor() {}

  /** The API is started again, so that its connections say what they run. */
  static async listen(stack: FlowStack): Promise<StatementsRun> {
    await stack.stopWorker();
    await stack.stopApi();
    for (const [name, value] of SETTINGS)
      await stack.admin.query(`alter database ${stack.database.name} set ${name} = ${value}`);
    const listening = new StatementsRun();
    const heard = (text: string): void => {
      if (!OF_THE_PROCESS.some((own) => own.test(text))) listening.#heard.push(text);
    };
    const emit = listening.#emit;
    Client.prototype.emit = function (this: Client, event: string | symbol, ...args: unknown[]): boolean {
      const message: unknown =
        event === 'notice' && isOfRequests(this) ? Reflect.get(Object(args[0]), 'message') : null;
      if (typeof message === 'string' && message.includes('"Query Text"')) heard(statementIn(message));
      return emit.call(this, event, ...args);
    } as typeof Client.prototype.emit;
    await stack.startApi();
    return listening;
  }

  /** What is run while `work` runs, in its order; nothing else may be asked meanwhile. */
  async during<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly statements: readonly string[] }> {
    this.#heard = [];
    const answer = await work();
    return { answer, statements: this.#heard };
  }

  stop(): void {
    Client.prototype.emit = this.#emit as typeof Client.prototype.emit;
  }
}

/** What the process asks for itself, whenever it is time: is the database there, what time is it. */
const OF_THE_PROCESS = [/^select 1$/, /^select extract\(epoch from clock_timestamp\(\)\)/];

/** The pool that requests are answered with; queues have connections of their own. */
const isOfRequests = (client: Client): boolean => {
  const parameters: unknown = Reflect.get(client, 'connectionParameters');
  return Reflect.get(Object(parameters), 'application_name') === 'concord_api';
};

const SETTINGS = [
  ['session_preload_libraries', `'auto_explain'`],
  ['auto_explain.log_min_duration', '0'],
  ['auto_explain.log_nested_statements', 'on'],
  ['auto_explain.log_analyze', 'off'],
  ['auto_explain.log_format', `'json'`],
  ['client_min_messages', `'log'`],
] as const;

function statementIn(message: string): string {
  const plan = JSON.parse(message.slice(message.indexOf('{'))) as { 'Query Text': string };
  return plan['Query Text'].replace(/\s+/g, ' ').trim();
}
