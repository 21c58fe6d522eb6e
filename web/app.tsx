// The views and their addresses. Each view is a separate script, loaded on the first visit.

import { Route, Router } from '@solidjs/router'
import { QueryClientProvider, useQuery } from '@tanstack/solid-query'
import { createEffect, type JSX, lazy, Match, onCleanup, Switch } from 'solid-js'
import { Failure } from './parts/message.tsx'
import { setAccount } from './person/person.ts'
import { whenSignedOut } from './server/client.ts'
import { listen } from './server/events.ts'
import { session } from './server/people.ts'
import { dataOf, queries } from './server/query-client.ts'
import { Join } from './shell/join.tsx'
import { KeySheet } from './shell/key-sheet.tsx'
import { NotFound } from './shell/not-found.tsx'
import { viewFor } from './shell/only-for.tsx'
import { Shell } from './shell/shell.tsx'
import { SignIn } from './shell/sign-in.tsx'

const Overview = lazy(() => import('./overview/overview.tsx'))
const Add = lazy(() => import('./add/add.tsx'))
const FalseTriggers = viewFor(
  'editor',
  'set photos aside',
  lazy(() => import('./add/false-triggers-page.tsx')),
)
const Repeats = viewFor(
  'editor',
  'judge many boxes at once',
  lazy(() => import('./add/repeats.tsx')),
)
const DoubtedLabels = viewFor(
  'reviewer',
  'judge labels',
  lazy(() => import('./labels/doubted-labels.tsx')),
)
const ImportPage = lazy(() => import('./imports/import-page.tsx'))
const UnknownAnimals = viewFor(
  'editor',
  'name unknown animals',
  lazy(() => import('./unknowns/unknown-animals.tsx')),
)
const Review = lazy(() => import('./review/review.tsx'))
const History = lazy(() => import('./history/history.tsx'))
const Grid = lazy(() => import('./grid/grid.tsx'))
const Photos = lazy(() => import('./photos/photos.tsx'))
const Photo = lazy(() => import('./photos/photo.tsx'))
const Taxa = lazy(() => import('./taxa/taxa.tsx'))
const Results = lazy(() => import('./results/results.tsx'))
const Deployments = lazy(() => import('./deployments/deployments.tsx'))
const Insight = lazy(() => import('./insight/insight.tsx'))
const LookAlikes = lazy(() => import('./insight/map/map.tsx'))
const Versions = lazy(() => import('./insight/versions/versions.tsx'))
const VersionPage = lazy(() => import('./insight/versions/version-page.tsx'))
const Models = lazy(() => import('./models/models.tsx'))
const People = lazy(() => import('./people/people.tsx'))
const Account = lazy(() => import('./people/account.tsx'))
const Identify = lazy(() => import('./identify/identify.tsx'))

/** Of a link to join or to set a new password: the secret is in the part that no server is sent. */
const link = ['/join', '/reset'].includes(location.pathname) && location.hash !== '' ? location.hash.slice(1) : null

function Door(props: { children: JSX.Element }): JSX.Element {
  const visit = useQuery(session)
  const inside = () => dataOf(visit)?.authenticated
  whenSignedOut(() => void visit.refetch())
  createEffect(() => setAccount(dataOf(visit)?.person ?? null))
  createEffect(() => {
    if (inside() === true) onCleanup(listen())
  })
  return (
    <Switch>
      <Match when={link !== null}>
        <Join invitation={link ?? ''} isNew={location.pathname === '/join'} elsewhere={dataOf(visit)?.oidc ?? null} />
      </Match>
      <Match when={visit.isError}>
        <Failure title="The service does not answer" error={visit.error} retry={() => void visit.refetch()} />
      </Match>
      <Match when={inside() === false}>
        <SignIn
          how={dataOf(visit)?.signIn ?? 'password'}
          tokenToo={dataOf(visit)?.tokenRequired === true}
          elsewhere={dataOf(visit)?.oidc ?? null}
        />
      </Match>
      <Match when={inside() === true}>{props.children}</Match>
    </Switch>
  )
}

export function App(): JSX.Element {
  return (
    <QueryClientProvider client={queries}>
      <Door>
        <Router root={Shell}>
          <Route path="/" component={Overview} />
          <Route path="/add" component={Add} />
          <Route path="/add/false-triggers" component={FalseTriggers} />
          <Route path="/add/repeats" component={Repeats} />
          <Route path="/imports/:id" component={ImportPage} />
          <Route path="/review/:detectionId?" component={Review} />
          <Route path="/unknowns" component={UnknownAnimals} />
          <Route path="/labels" component={DoubtedLabels} />
          <Route path="/history" component={History} />
          <Route path="/grid" component={Grid} />
          <Route path="/photos" component={Photos} />
          <Route path="/photos/:id" component={Photo} />
          <Route path="/taxa/:id?" component={Taxa} />
          <Route path="/results" component={Results} />
          <Route path="/deployments" component={Deployments} />
          <Route path="/insight" component={Insight} />
          <Route path="/insight/map" component={LookAlikes} />
          <Route path="/insight/versions" component={Versions} />
          <Route path="/insight/versions/:version" component={VersionPage} />
          <Route path="/models" component={Models} />
          <Route path="/people" component={People} />
          <Route path="/account" component={Account} />
          <Route path="/identify" component={Identify} />
          <Route path="*" component={NotFound} />
        </Router>
        <KeySheet />
      </Door>
    </QueryClientProvider>
  )
}
