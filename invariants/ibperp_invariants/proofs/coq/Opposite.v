(* Any number of opposite positions: a deleveraging takes exactly what it is due, and turns none. *)
From Ibperp Require Import Sums.
Require Import ZArith List Lia.
Import ListNotations.
Open Scope Z_scope.

(* From each of the opposite positions as much as it has, until nothing is left to take. *)
Fixpoint taken (left : Z) (sizes : list Z) : list Z :=
  match sizes with
  | [] => []
  | size :: rest => let lots := Z.min size left in lots :: taken (left - lots) rest
  end.

Lemma sizes_are_not_negative_in_sum : forall sizes,
  Forall (fun size => 0 <= size) sizes -> 0 <= total sizes.
Proof.
  induction sizes as [|size rest IH]; intros H; [change (0 <= 0); lia|].
  apply Forall_cons_iff in H as [Hs Hr]. specialize (IH Hr).
  change (0 <= size + total rest). lia.
Qed.

Theorem what_is_taken_is_what_is_due : forall sizes due,
  Forall (fun size => 0 <= size) sizes -> 0 <= due <= total sizes -> total (taken due sizes) = due.
Proof.
  induction sizes as [|size rest IH]; intros due H D.
  - change (total []) with 0 in D. change (total (taken due [])) with 0. lia.
  - apply Forall_cons_iff in H as [Hs Hr]. pose proof (sizes_are_not_negative_in_sum rest Hr).
    change (total (size :: rest)) with (size + total rest) in D.
    change (total (taken due (size :: rest)))
      with (Z.min size due + total (taken (due - Z.min size due) rest)).
    rewrite IH; [lia | exact Hr | lia].
Qed.

Theorem no_position_gives_more_than_it_has : forall sizes due,
  Forall (fun size => 0 <= size) sizes -> 0 <= due ->
  Forall2 (fun lots size => 0 <= lots <= size) (taken due sizes) sizes.
Proof.
  induction sizes as [|size rest IH]; intros due H D; simpl; constructor; apply Forall_cons_iff in H as [Hs Hr].
  - lia.
  - apply IH; [exact Hr | lia].
Qed.

Definition against (sign lots : Z) : Z := Z.max (- sign * lots) 0.

(* Where lots sum to zero, the other side is at least as large as any position. *)
Theorem there_is_enough_on_the_other_side : forall lots sign i own,
  sign = 1 \/ sign = -1 -> total lots = 0 -> nth_error lots i = Some own -> 0 <= sign * own ->
  sign * own <= total (map (against sign) lots).
Proof.
  intros lots sign i own S Z0 E H.
  assert (A : forall l,
    sign * total l = total (map (fun x => Z.max (sign * x) 0) l) - total (map (against sign) l)).
  { induction l as [|x l IH].
    - change (sign * 0 = 0 - 0). lia.
    - change (sign * (x + total l) = Z.max (sign * x) 0 + total (map (fun x => Z.max (sign * x) 0) l)
        - (against sign x + total (map (against sign) l))).
      unfold against at 1. destruct S; subst sign; lia. }
  specialize (A lots). rewrite Z0, Z.mul_0_r in A.
  assert (W : Z.max (sign * own) 0 <= sum (fun x => Z.max (sign * x) 0) lots).
  { apply (an_entry_is_within_the_sum Z (fun x => Z.max (sign * x) 0) lots i own); [|exact E].
    apply Forall_forall. intros x _. lia. }
  unfold sum in W. lia.
Qed.

(* What can be claimed of an account or a position: what it won, or nothing. *)
Definition claim (worth : Z) : Z := Z.max worth 0.

(* Where worths sum to what is shared out, claims cover it: debts stand against the rest of them. *)
Theorem claims_cover_what_is_shared_out : forall worths, total worths <= total (map claim worths).
Proof.
  induction worths as [|worth rest IH]; [change (0 <= 0); lia|].
  change (worth + total rest <= claim worth + total (map claim rest)). unfold claim at 1. lia.
Qed.

(* A loss within what an account won in all is borne as a whole by what it won, one after another. *)
Theorem a_loss_is_borne_as_a_whole : forall worths loss,
  0 <= loss <= total worths -> total (taken loss (map claim worths)) = loss.
Proof.
  intros worths loss H. pose proof (claims_cover_what_is_shared_out worths).
  apply what_is_taken_is_what_is_due; [|lia].
  apply Forall_forall. intros x I. apply in_map_iff in I as (y & E & _). unfold claim in E. lia.
Qed.
