import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { createFetcher } from './fetcher.js';
import { startingTabs } from './operations.js';
import './page.css';
import { beginSignIn, fetchSignInSettings, finishSignIn } from './sign-in.js';

const PURPOSES = [
  'INVESTIGATION',
  'DECONFLICTION',
  'TASK_FORCE',
  'ANALYSIS',
  'OFFICER_SAFETY',
  'ADMINISTRATION',
  'AUDIT',
  'TRAINING',
];

/** Tabs and history stay in this page and end with it: nothing about a case is left behind in the browser. */
function memoryStorage() {
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}

/** The invented people of the embedded Concord; `undefined` wherever there are none, which is everywhere else. */
async function fetchPersonas() {
  try {
    const response = await fetch('/personas', { headers: { accept: 'application/json' }, cache: 'no-store' });
    if (!response.ok) return undefined;
    const personas = await response.json();
    return Object.keys(personas).length > 0 ? personas : undefined;
  } catch {
    return undefined;
  }
}

const describe = (name, { agencyOri, level, roles }) =>
  [name, agencyOri, level, [roles].flat().join(' ')].filter(Boolean).join(' · ');

const browser = {
  page: new URL('/', location.href).href,
  storage: sessionStorage,
  go: (url) => location.assign(url),
};

/** Who comes back from the issuer, with the code out of the address and the history. */
async function fetchSignedIn(settings) {
  const query = new URLSearchParams(location.search);
  if (settings === null) return { signedIn: null, fault: null };
  try {
    const signedIn = await finishSignIn(settings, browser, query);
    return { signedIn, fault: null };
  } catch (error) {
    return { signedIn: null, fault: error.message };
  } finally {
    if (query.has('state')) history.replaceState(null, '', browser.page);
  }
}

/** Beside the picker: the way that people sign in where there are no personas. */
function SignIn({ settings, signedIn, hint, fault }) {
  const [told, setTold] = useState(fault);
  const attempt = (work) => () => {
    setTold(null);
    work().catch((error) => setTold(error.message));
  };
  return (
    <>
      {signedIn === null ? (
        <button id="sign-in" type="button" onClick={attempt(() => beginSignIn(settings, browser, hint))}>
          Sign in with a password
        </button>
      ) : (
        <>
          <span id="signed-in">
            Signed in as <strong>{signedIn.name}</strong>
          </span>
          <button id="sign-out" type="button" onClick={attempt(() => signedIn.signOut())}>
            Sign out
          </button>
        </>
      )}
      <span role="alert">{told}</span>
    </>
  );
}

function Page({ personas, storage, tabs, settings, signedIn, fault }) {
  const names = Object.keys(personas ?? {});
  const [persona, setPersona] = useState(
    () => names.find((name) => [personas[name].roles].flat().includes('ANALYST')) ?? names[0],
  );
  const [token, setToken] = useState('');
  const [code, setCode] = useState('INVESTIGATION');
  // Nobody's purpose but an invented person's is filled in for them.
  const [reference, setReference] = useState(personas ? 'DEMO-1' : '');

  const purpose = useRef('');
  purpose.current = reference.trim() ? `${code}; ref=${reference.trim()}` : '';

  // A new fetcher reads the schema again: for a new person or token only, not for every key typed into the purpose.
  const fetcher = useMemo(() => {
    const bearer = personas ? personas[persona].token : token;
    return createFetcher(new URL('/graphql', location.href), async () => {
      const current = signedIn === null ? bearer : await signedIn.accessToken();
      return {
        ...(current ? { authorization: `Bearer ${current}` } : {}),
        ...(purpose.current ? { 'concord-purpose': purpose.current } : {}),
      };
    });
  }, [personas, persona, token, signedIn]);

  return (
    <div className="concord">
      <header className="concord-bar">
        <h1>Concord</h1>
        {signedIn !== null ? null : personas ? (
          <label title="Invented people of the embedded Concord, on this machine only">
            Persona
            <select id="persona" value={persona} onChange={(event) => setPersona(event.target.value)}>
              {names.map((name) => (
                <option key={name} value={name}>
                  {describe(name, personas[name])}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <label>
            Access token or API key
            <input
              id="token"
              type="password"
              autoComplete="off"
              spellCheck={false}
              onBlur={(event) => setToken(event.target.value.trim())}
              onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
            />
          </label>
        )}
        {settings === null ? null : (
          <SignIn settings={settings} signedIn={signedIn} hint={personas ? persona : undefined} fault={fault} />
        )}
        <label>
          Purpose
          <select id="purpose" value={code} onChange={(event) => setCode(event.target.value)}>
            {PURPOSES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          Case number
          <input
            id="reference"
            autoComplete="off"
            spellCheck={false}
            size={14}
            value={reference}
            onChange={(event) => setReference(event.target.value)}
          />
        </label>
        <p>The Headers editor overrides these.</p>
      </header>
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        defaultTabs={tabs}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders={false}
      >
        <GraphiQL.Logo> </GraphiQL.Logo>
      </GraphiQL>
    </div>
  );
}

const [personas, settings] = await Promise.all([fetchPersonas(), fetchSignInSettings()]);
const { signedIn, fault } = await fetchSignedIn(settings);
createRoot(document.getElementById('concord')).render(
  <Page
    personas={personas}
    storage={memoryStorage()}
    tabs={startingTabs()}
    settings={settings}
    signedIn={signedIn}
    fault={fault}
  />,
);
