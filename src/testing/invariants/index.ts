/**
 * The invariants of a Kubernetes control plane as properties, by number and by name: `invariants.R2` is
 * `invariants.replicaSetConverges`. INVARIANTS.md lists them. Class C are contracts, B best effort with a caveat in the sentence,
 * F folk beliefs that are false (lessons.ts has a counterexample for each), `user` what one may want without being promised it.
 */
import type { Property } from '../property.ts'
import * as api from './api.ts'
import * as autoscaling from './autoscaling.ts'
import * as budgets from './budgets.ts'
import * as conditions from './conditions.ts'
import * as controllers from './controllers.ts'
import * as cronJob from './cronjob.ts'
import * as daemonSet from './daemonset.ts'
import * as deployment from './deployment.ts'
import * as disruption from './disruption.ts'
import * as endpoints from './endpoints.ts'
import * as endpointsWhole from './endpoints-whole.ts'
import * as gc from './gc.ts'
import * as gcOrder from './gc-order.ts'
import * as graces from './graces.ts'
import * as hpa from './hpa.ts'
import * as job from './job.ts'
import * as nodes from './nodes.ts'
import * as pods from './pods.ts'
import * as preemption from './preemption.ts'
import * as provision from './provision.ts'
import * as quota from './quota.ts'
import * as replicaSet from './replicaset.ts'
import * as scheduler from './scheduler.ts'
import * as services from './services.ts'
import * as statefulSet from './statefulset.ts'
import * as statuses from './statuses.ts'
import * as storage from './storage.ts'
import * as taints from './taints.ts'
import * as times from './times.ts'
import * as volumes from './volumes.ts'
import * as workloads from './workloads.ts'

/** Every row by its number. Rows that are no property are in elsewhere.ts. */
const byId = {
  A1: api.versionsRise,
  A2: api.noLostUpdate,
  A5: api.readsSeeWrites,
  A7: api.identityIsFixed,
  A8: api.generationCounts,
  A9: api.removedWhenReleased,
  A10: api.deletionIsFinal,
  A11: api.statusIsApart,
  A12: api.immutableStays,
  A13: api.nothingIntoTheEnding,
  A13b: api.namespacesEnd,
  A13c: api.namespacesAreEmptied,
  A13d: gcOrder.podsGoFirst,
  A13e: gcOrder.whatRemainsIsSaid,
  A14: quota.quotaHolds,
  A14b: quota.quotasCount,
  A14c: quota.amountsAreHeld,
  A15: api.appliesKeepOthers,
  G2: controllers.nothingLeftToWrite,
  G5: controllers.deletesWhatItMeant,
  G7: controllers.statusesCatchUp,
  G7b: times.nothingIsSeenBeforehand,
  G8: controllers.nothingGoesRound,
  G9: controllers.everythingRests,
  G11: controllers.writesItsOwn,
  G13: controllers.statusesAreHonest,
  G13b: statuses.statusesAreTrue,
  G13c: conditions.conditionsAgree,
  G13d: workloads.numbersAreNotNegative,
  G14: times.transitionsAreTimed,
  D1: deployment.rolloutKeepsEnough,
  "D1'": deployment.alwaysEnough,
  D2: deployment.rolloutWantsNoMore,
  "D2'": deployment.neverMorePods,
  D3: deployment.oneSetForATemplate,
  D3b: deployment.oneSetAtLast,
  D4: deployment.recreateWaits,
  D5: deployment.pausedRollsNothing,
  D6: deployment.revisionsRise,
  D6b: deployment.historyIsShort,
  D6c: deployment.onlyEmptyOnesGo,
  D6d: conditions.oldestIsForgotten,
  D6e: conditions.presentIsNewest,
  D6f: workloads.historyIsKept,
  D7: deployment.rolloutsComplete,
  D8: deployment.stuckIsSaid,
  D8b: conditions.stuckIsNotSaidEarly,
  R1: replicaSet.noOvershoot,
  R2: replicaSet.replicaSetConverges,
  R3: replicaSet.adoptsOrphansOnly,
  R4: replicaSet.releasesNotDeletes,
  R4b: replicaSet.releasesAtLast,
  R4c: workloads.othersReferencesStay,
  R5: replicaSet.oneController,
  R6: replicaSet.victimsAreRanked,
  R7: replicaSet.refusedPodsAreNotRushed,
  R8: workloads.availableIsEarned,
  S1: statefulSet.oneForEachIdentity,
  S2: statefulSet.createdInOrder,
  S3: statefulSet.endedInReverse,
  S4: statefulSet.updatedFromTheLast,
  S5: statefulSet.partitionKeepsOld,
  S6: statefulSet.claimsSurvive,
  S6b: statefulSet.claimsAreThere,
  S7: statefulSet.setsRollOut,
  S7b: statefulSet.parallelSetsRollOut,
  S8: statefulSet.setsConverge,
  DS1: daemonSet.oneDaemonOnANode,
  DS2: daemonSet.daemonsEverywhere,
  DS3: daemonSet.daemonsKeepServing,
  DS4: daemonSet.daemonsRollOut,
  DS5: daemonSet.daemonsStandTrouble,
  DS6: workloads.daemonsGoForCause,
  J1: job.countedOnce,
  J2: job.noMoreThanAsked,
  "J2'": job.programRunsOnce,
  J3: job.noMoreAtOnce,
  J4: job.overIsOver,
  J4b: job.overWhenAllEnded,
  J5: job.limitsEndJobs,
  J5b: job.jobsGoOn,
  J6: job.eachIndexOnce,
  J7: job.heldUntilNoted,
  CJ1: cronJob.forbidIsOne,
  CJ1b: cronJob.replaceIsOne,
  CJ2: cronJob.oneJobForEachTick,
  CJ3: cronJob.neverTooLate,
  CJ3b: cronJob.historyLimits,
  K1: scheduler.boundOnce,
  K1b: graces.goingPodsAreNotBound,
  K2: scheduler.noOvercommit,
  K2b: preemption.nominationsAreKept,
  K3: scheduler.filtersHold,
  K4: scheduler.spreadHolds,
  "K4'": scheduler.alwaysSpread,
  K5: scheduler.apartIsSymmetric,
  K6: scheduler.victimsAreLower,
  K6b: preemption.noNeedlessPreemption,
  K6c: preemption.victimsAreNeeded,
  K6d: preemption.lowestVictimsGo,
  K7: scheduler.budgetsIfPossible,
  K8: scheduler.preemptionEnds,
  "K8'": scheduler.preemptionEndsForTwo,
  K9: scheduler.nobodyIsForgotten,
  K10: scheduler.everybodyIsPlaced,
  N1: nodes.expelledInTime,
  N1b: nodes.expelledForCause,
  N1c: taints.nobodyOverstays,
  N2: nodes.lostMeansSilent,
  N3: nodes.evictionsAreLimited,
  N4: nodes.cordonHolds,
  N5: nodes.graceIsGiven,
  N5b: nodes.endedByItsKubelet,
  N5c: graces.graceEnds,
  N6: nodes.taintsSayHowItIs,
  N6b: taints.taintsFollowConditions,
  N7: nodes.lostPodsAreNotReady,
  N8: nodes.nobodyIsLeftBehind,
  N9: times.taintsKeepTheirTime,
  L1: pods.phasesMoveOn,
  L2: pods.endsAsItsContainers,
  L3: pods.restartsByPolicy,
  L4: pods.crashesAreNotRushed,
  L5: pods.restartsAreCounted,
  L6: pods.podsGoOn,
  L6b: pods.kubeletsTell,
  L7: pods.deadlinesEndPods,
  L8: pods.readyMeansAll,
  L8b: pods.readyAtLast,
  L9: pods.initsComeFirst,
  L9b: pods.sidecarsEndLast,
  L10: pods.goingPodsGo,
  L11: pods.addressesAreOnes,
  L12: times.startsStay,
  L13: graces.configurationIsNoticed,
  P1: disruption.evictionsKeepBudgets,
  P1b: disruption.budgetsAreComputed,
  P1c: disruption.grantsAreKept,
  P2: disruption.budgetsProtectAll,
  P3: disruption.drainsEnd,
  P4: budgets.budgetsAddUp,
  GC1: gc.ownersAreGone,
  GC2: gc.garbageGoes,
  GC3: gc.blockersGoFirst,
  GC4: gc.orphansAreFreed,
  GC5: gc.ownersAreNear,
  GC6: gc.nobodyWaitsForNobody,
  GC7: gcOrder.onlyBlockersAreWaitedFor,
  GC8: gcOrder.foregroundGoesDeep,
  GC9: gcOrder.referencesAreTidied,
  E1: endpoints.readyAreServed,
  E1b: endpoints.endpointsAgree,
  E2: endpoints.servedOnce,
  E3: endpoints.goneAreNotServed,
  E4: endpoints.slicesAreRepaired,
  E5: services.addressesAreGivenOnce,
  E5b: services.servicesHaveAddresses,
  E6: endpoints.readyAsSeen,
  E7: endpointsWhole.slicesTellEverything,
  E8: endpointsWhole.endpointsTellEverything,
  H1: hpa.withinBounds,
  H2: hpa.tolerated,
  H3: hpa.rolloutsDoNotCount,
  H4: hpa.paceIsKept,
  H5: hpa.sizesComeToRest,
  H6: hpa.oneSetsTheSize,
  H7: autoscaling.useIsFollowed,
  H8: autoscaling.recommendationsAreWeighed,
  H9: autoscaling.scalersTellTheirTarget,
  V1: volumes.volumesHaveOneClaim,
  V2: volumes.volumesAreKept,
  V3: volumes.volumesSuffice,
  V4: volumes.volumesGoByPolicy,
  V5: volumes.claimsAndVolumesAgree,
  V6: storage.claimsInUseStay,
  V6b: storage.unusedStorageGoes,
  V7: storage.volumesTellTheirClaim,
  V8: storage.claimsTellTheirVolume,
  V9: storage.volumesFit,
  V9b: storage.smallestVolumeFirst,
  V10: storage.consumersComeFirst,
  V11: provision.volumesAreWithinReach,
  V12: provision.provisionedOnce,
  V13: provision.claimsAreServed,
  V14: provision.runsWithItsVolumes,
} as const

/** Every row by number and by name. */
export const invariants = {
  ...byId,
  ...api,
  ...quota,
  ...controllers,
  ...conditions,
  ...deployment,
  ...replicaSet,
  ...statefulSet,
  ...daemonSet,
  ...job,
  ...cronJob,
  ...scheduler,
  ...nodes,
  ...pods,
  ...disruption,
  ...gc,
  ...endpoints,
  ...hpa,
  ...services,
  ...statuses,
  ...storage,
  ...volumes,
  ...graces,
  ...gcOrder,
  ...provision,
  ...taints,
  ...autoscaling,
  ...times,
} as const

/** Every row once, in the order of INVARIANTS.md. */
export const library: readonly Property[] = Object.values(byId)

/** What holds on every control plane: contracts and best efforts. */
export const promised: readonly Property[] = library.filter((one) => one.class === 'C' || one.class === 'B')

/** What many believe and is not so. */
export const folklore: readonly Property[] = library.filter((one) => one.class === 'F')
